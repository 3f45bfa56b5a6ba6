// NVRTC: the same CUDA C, compiled for the host by the system's compiler. What was compiled once is
// kept in `kernels/` beside this library, by the text that it was made of: compiling takes longer
// than most tests.
#include <dlfcn.h>
#include <sys/stat.h>

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <regex>
#include <sstream>

#include "double.hpp"
#include "image.hpp"

namespace {

enum { OK = 0, INVALID = 4, COMPILATION = 6, INTERNAL = 11 };

const char* PRELUDE =
#include "kernel.inc"
    ;

struct Program {
  std::string source, log, image;
};

std::string contents(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::stringstream all;
  all << file.rdbuf();
  return all.str();
}

// The compiler and what it is told always.
std::string compiler() {
  const char* named = getenv("CXX");
  return std::string(named && *named ? named : "c++") + " -O1 -std=c++17 -fPIC -w";
}

// Shared memory is static in inline functions, which GNU's compiler makes one for all libraries of a
// process unless it is told not to: two programs would share it. Others know no such thing.
const std::string& compilation() {
  static const std::string command = [] {
    std::string one = compiler(), apart = one + " -fno-gnu-unique";
    std::string trial = "echo | " + apart + " -fsyntax-only -x c++ - 2>/dev/null";
    return system(trial.c_str()) == 0 ? apart : one;
  }();
  return command;
}

// The prelude, compiled once for all programs that this process compiles, in a folder that goes with
// it.
struct Precompiled {
  std::string folder;

  Precompiled() {
    char name[] = "/tmp/stackbench-prelude-XXXXXX";
    if (!mkdtemp(name)) return;
    folder = name;
    std::ofstream(folder + "/prelude.hpp") << PRELUDE;
    std::string header = folder + "/prelude.hpp";
    // without it the header itself is read, which takes longer
    (void)!system((compilation() + " -x c++-header " + header + " 2>/dev/null").c_str());
  }

  ~Precompiled() {
    if (!folder.empty()) (void)!system(("rm -rf " + folder).c_str());
  }
};

const std::string& preludeFolder() {
  static Precompiled precompiled;
  return precompiled.folder;
}

// Each kernel gets functions that copy its arguments as the driver passes them, call it with such a
// copy, drop one, and tell of what lies where they point to.
std::string hosted(const std::string& source) {
  std::string text = "#include \"prelude.hpp\"\n#line 1\n" + source + "\n";
  const std::regex kernel("extern\\s+\"C\"\\s+__global__\\s+(?:__launch_bounds__\\([^)]*\\)\\s+)?void\\s+(\\w+)");
  for (std::sregex_iterator at(source.begin(), source.end(), kernel), end; at != end; ++at) {
    std::string name = (*at)[1];
    text += "extern \"C\" void* keep_" + name + "(void** v) { return keepWith(&" + name + ", v); }\n";
    text += "extern \"C\" void call_" + name + "(void* k) { callWith(&" + name + ", k); }\n";
    text += "extern \"C\" void drop_" + name + "(void* k) { dropWith(&" + name + ", k); }\n";
    text += "extern \"C\" void touch_" + name + "(void** v, Tell tell) { touchWith(&" + name +
            ", v, tell); }\n";
  }
  return text;
}

// The folder of kept libraries; empty where there is none.
std::string keptFolder() {
  Dl_info here;
  if (!dladdr(reinterpret_cast<void*>(&keptFolder), &here)) return "";
  std::string library = here.dli_fname;
  std::string folder = library.substr(0, library.rfind('/') + 1) + "kernels";
  struct stat found;
  bool there = mkdir(folder.c_str(), 0777) == 0 || stat(folder.c_str(), &found) == 0;
  return there ? folder : "";
}

// Two sums of a text, so that no two texts of one length share a name.
std::string nameOf(const std::string& text) {
  uint64_t a = 14695981039346656037u, b = text.size();
  for (unsigned char c : text) {
    a = (a ^ c) * 1099511628211u;
    b = b * 6364136223846793005u + c;
  }
  char name[64];
  snprintf(name, sizeof name, "%016llx%016llx.so", (unsigned long long)a, (unsigned long long)b);
  return name;
}

// The library of a text, compiled unless that was done; empty, with the compiler's words, where it
// does not compile, and without any where there is no room.
std::string libraryOf(const std::string& text, std::string& log) {
  std::string folder = keptFolder();
  if (folder.empty()) return "";
  std::string kept = folder + "/" + nameOf(compiler() + "\n" + PRELUDE + text);
  std::string library = contents(kept);
  if (!library.empty()) return library;
  std::string base = folder + "/work-XXXXXX";
  if (!mkdtemp(base.data())) return "";
  std::ofstream(base + "/k.cpp") << text;
  std::string command = compilation() + " -shared -I " + preludeFolder() + " -o " + base + "/k.so " +
                        base + "/k.cpp 2>" + base + "/log";
  bool compiled = system(command.c_str()) == 0;
  log = contents(base + "/log");
  if (compiled) library = contents(base + "/k.so");
  // another process may have put the same there meanwhile
  bool tidy = (!compiled || rename((base + "/k.so").c_str(), kept.c_str()) == 0) &&
              system(("rm -rf " + base).c_str()) == 0;
  return tidy ? library : "";
}

}  // namespace

API int nvrtcVersion(int* major, int* minor) {
  MAY_FAIL(INTERNAL)
  *major = 13;
  *minor = 0;
  return OK;
}
API const char* nvrtcGetErrorString(int status) {
  return status == COMPILATION ? "NVRTC_ERROR_COMPILATION" : "NVRTC_ERROR_OF_THE_DOUBLE";
}
API int nvrtcCreateProgram(Program** out, const char* source, const char*, int, void*, void*) {
  MAY_FAIL(INTERNAL)
  *out = new Program{source, "", ""};
  twin::born();
  return OK;
}
API int nvrtcDestroyProgram(Program** program) {
  delete *program;
  *program = nullptr;
  twin::died();
  MAY_FAIL(INTERNAL)
  return OK;
}
API int nvrtcCompileProgram(Program* program, int count, const char** options) {
  MAY_FAIL(COMPILATION)
  bool architecture = false;
  for (int i = 0; i < count; i++) {
    architecture = architecture || !strncmp(options[i], "--gpu-architecture=sm_", 22);
  }
  if (!architecture) return INVALID;
  std::string library = libraryOf(hosted(program->source), program->log);
  if (library.empty()) return program->log.empty() ? INTERNAL : COMPILATION;
  bool barriers = program->source.find("__syncthreads") != std::string::npos;
  Image header{{}, library.size(), barriers};
  memcpy(header.magic, IMAGE_MAGIC, sizeof header.magic);
  program->image.assign(reinterpret_cast<char*>(&header), sizeof header);
  program->image += library;
  return OK;
}
API int nvrtcGetCUBINSize(Program* program, size_t* bytes) {
  MAY_FAIL(INTERNAL)
  *bytes = program->image.size();
  return OK;
}
API int nvrtcGetCUBIN(Program* program, char* out) {
  MAY_FAIL(INTERNAL)
  memcpy(out, program->image.data(), program->image.size());
  return OK;
}
API int nvrtcGetProgramLogSize(Program* program, size_t* bytes) {
  MAY_FAIL(INTERNAL)
  *bytes = program->log.size() + 1;
  return OK;
}
API int nvrtcGetProgramLog(Program* program, char* out) {
  MAY_FAIL(INTERNAL)
  strcpy(out, program->log.c_str());
  return OK;
}
