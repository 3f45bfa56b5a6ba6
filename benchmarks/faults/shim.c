/*
 * A library for LD_PRELOAD that lets one call of a process fail: the N-th that writes to, or reads
 * from, certain folders. The environment says which:
 *
 *   STACKBENCH_FAULT_FOLDERS  absolute folders, parted by ':'
 *   STACKBENCH_FAULT_KIND     write or read
 *   STACKBENCH_FAULT_AT       N, from 1; 0 counts only
 *   STACKBENCH_FAULT_ERRNO    what it fails with; 0: the process is killed instead
 *   STACKBENCH_FAULT_LOG      a file that each counted call adds a line to: kind, call, path
 *
 * A write of several bytes writes half of them before it fails, as a disk that fills up does.
 * Programs that the process starts are left alone.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/types.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *folders;
static int log_file = -1;
static int writes_fail;
static long at;
static int failure;
static atomic_long counted;

__attribute__((constructor)) static void arm(void) {
  const char *kind = getenv("STACKBENCH_FAULT_KIND");
  if (!kind || getenv("STACKBENCH_FAULT_ARMED")) return;
  setenv("STACKBENCH_FAULT_ARMED", "1", 1);
  folders = strdup(getenv("STACKBENCH_FAULT_FOLDERS"));
  writes_fail = strcmp(kind, "write") == 0;
  at = atol(getenv("STACKBENCH_FAULT_AT"));
  failure = atoi(getenv("STACKBENCH_FAULT_ERRNO"));
  const char *path = getenv("STACKBENCH_FAULT_LOG");
  if (path) {
    log_file = syscall(SYS_openat, AT_FDCWD, path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
  }
}

/* Whether an absolute path lies in one of the folders. */
static int watched(const char *path) {
  for (const char *from = folders; from && *from;) {
    size_t length = strcspn(from, ":");
    if (strncmp(path, from, length) == 0 && (path[length] == '/' || path[length] == 0)) return 1;
    from += length;
    if (*from == ':') from++;
  }
  return 0;
}

static int link_target(const char *link, char *to) {
  ssize_t length = syscall(SYS_readlinkat, AT_FDCWD, link, to, PATH_MAX - 1);
  if (length < 0) return 0;
  to[length] = 0;
  return 1;
}

static int path_of_file(int file, char *to) {
  char link[64];
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  return link_target(link, to);
}

static int absolute(int folder, const char *path, char *to) {
  if (path[0] == '/') return snprintf(to, PATH_MAX, "%s", path) < PATH_MAX;
  char base[PATH_MAX];
  if (folder == AT_FDCWD ? !link_target("/proc/self/cwd", base) : !path_of_file(folder, base)) {
    return 0;
  }
  return snprintf(to, PATH_MAX, "%s/%s", base, path) < PATH_MAX;
}

/* Counts a call on a path; whether it is the one to fail. */
static int strikes(int writes, const char *call, const char *path) {
  if (!folders || writes != writes_fail || !watched(path)) return 0;
  long number = atomic_fetch_add(&counted, 1) + 1;
  if (log_file >= 0) {
    char line[PATH_MAX + 64];
    int length = snprintf(line, sizeof line, "%s %s %s\n", writes ? "write" : "read", call, path);
    syscall(SYS_write, log_file, line, length);
  }
  return number == at;
}

static int on_path(int writes, const char *call, int folder, const char *path) {
  char whole[PATH_MAX];
  return folders && path && absolute(folder, path, whole) && strikes(writes, call, whole);
}

static int on_file(int writes, const char *call, int file) {
  char path[PATH_MAX];
  return folders && path_of_file(file, path) && strikes(writes, call, path);
}

static int fail(void) {
  if (failure == 0) syscall(SYS_kill, syscall(SYS_getpid), SIGKILL);
  errno = failure;
  return -1;
}

#define REAL(name) \
  static __typeof__(name) *real; \
  if (!real) real = (__typeof__(name) *)dlsym(RTLD_NEXT, #name)

static int opens_for_writing(int flags) {
  return (flags & (O_WRONLY | O_RDWR | O_CREAT | O_TRUNC)) != 0;
}

static mode_t mode_of(int flags, va_list rest) {
  return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, int) : 0;
}

#define OPEN(name) \
  int name(const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = mode_of(flags, rest); \
    va_end(rest); \
    REAL(name); \
    if (on_path(opens_for_writing(flags), "open", AT_FDCWD, path)) return fail(); \
    return real(path, flags, mode); \
  }
OPEN(open)
OPEN(open64)

#define OPENAT(name) \
  int name(int folder, const char *path, int flags, ...) { \
    va_list rest; \
    va_start(rest, flags); \
    mode_t mode = mode_of(flags, rest); \
    va_end(rest); \
    REAL(name); \
    if (on_path(opens_for_writing(flags), "open", folder, path)) return fail(); \
    return real(folder, path, flags, mode); \
  }
OPENAT(openat)
OPENAT(openat64)

ssize_t write(int file, const void *bytes, size_t count) {
  REAL(write);
  if (on_file(1, "write", file)) {
    if (count > 1) real(file, bytes, count / 2);
    return fail();
  }
  return real(file, bytes, count);
}

ssize_t pwrite64(int file, const void *bytes, size_t count, off64_t offset) {
  REAL(pwrite64);
  if (on_file(1, "pwrite", file)) {
    if (count > 1) real(file, bytes, count / 2, offset);
    return fail();
  }
  return real(file, bytes, count, offset);
}

ssize_t writev(int file, const struct iovec *parts, int count) {
  REAL(writev);
  return on_file(1, "writev", file) ? fail() : real(file, parts, count);
}

ssize_t copy_file_range(int from, off64_t *in, int to, off64_t *out, size_t count,
                        unsigned flags) {
  REAL(copy_file_range);
  if (on_file(0, "copy_file_range", from)) return fail();
  if (on_file(1, "copy_file_range", to)) {
    if (count > 1) real(from, in, to, out, count / 2, flags);
    return fail();
  }
  return real(from, in, to, out, count, flags);
}

ssize_t read(int file, void *bytes, size_t count) {
  REAL(read);
  return on_file(0, "read", file) ? fail() : real(file, bytes, count);
}

ssize_t pread64(int file, void *bytes, size_t count, off64_t offset) {
  REAL(pread64);
  return on_file(0, "pread", file) ? fail() : real(file, bytes, count, offset);
}

ssize_t readv(int file, const struct iovec *parts, int count) {
  REAL(readv);
  return on_file(0, "readv", file) ? fail() : real(file, parts, count);
}

int fsync(int file) {
  REAL(fsync);
  return on_file(1, "fsync", file) ? fail() : real(file);
}

int fdatasync(int file) {
  REAL(fdatasync);
  return on_file(1, "fdatasync", file) ? fail() : real(file);
}

int ftruncate64(int file, off64_t length) {
  REAL(ftruncate64);
  return on_file(1, "ftruncate", file) ? fail() : real(file, length);
}

int rename(const char *from, const char *to) {
  REAL(rename);
  return on_path(1, "rename", AT_FDCWD, to) ? fail() : real(from, to);
}

int linkat(int folder, const char *from, int other, const char *to, int flags) {
  REAL(linkat);
  return on_path(1, "link", other, to) ? fail() : real(folder, from, other, to, flags);
}

int symlink(const char *from, const char *to) {
  REAL(symlink);
  return on_path(1, "symlink", AT_FDCWD, to) ? fail() : real(from, to);
}

int mkdir(const char *path, mode_t mode) {
  REAL(mkdir);
  return on_path(1, "mkdir", AT_FDCWD, path) ? fail() : real(path, mode);
}

int rmdir(const char *path) {
  REAL(rmdir);
  return on_path(1, "rmdir", AT_FDCWD, path) ? fail() : real(path);
}

int unlink(const char *path) {
  REAL(unlink);
  return on_path(1, "unlink", AT_FDCWD, path) ? fail() : real(path);
}

int unlinkat(int folder, const char *path, int flags) {
  REAL(unlinkat);
  return on_path(1, "unlink", folder, path) ? fail() : real(folder, path, flags);
}

int statx(int folder, const char *restrict path, int flags, unsigned mask,
          struct statx *restrict found) {
  REAL(statx);
  // Rust asks with no path at all whether there is such a call; C's header says nobody does
  const char *volatile given = path;
  int strike = given == NULL ? 0
    : given[0] ? on_path(0, "stat", folder, given) : on_file(0, "stat", folder);
  return strike ? fail() : real(folder, path, flags, mask, found);
}

DIR *opendir(const char *path) {
  REAL(opendir);
  if (!on_path(0, "opendir", AT_FDCWD, path)) return real(path);
  fail();
  return NULL;
}

struct dirent64 *readdir64(DIR *folder) {
  REAL(readdir64);
  if (!on_file(0, "readdir", dirfd(folder))) return real(folder);
  fail();
  return NULL;
}
