/**
 * Files in which Linux tells of itself (`/proc`, `/sys`).
 *
 * Deno opens them only under --allow-all, since some of them tell secrets. The few that are named
 * here tell none, and the C library, which native code is called through anyway, reads them.
 *
 * @module
 */

/** What is read, and nothing else. */
export type SpecialFile =
  | "/proc/stat"
  | "/proc/self/status"
  | "/proc/cpuinfo"
  | `/sys/devices/system/cpu/cpu${number}/cpufreq/scaling_cur_freq`;

const LIBC = {
  // int open(const char *path, int flags)
  open: { parameters: ["buffer", "i32"], result: "i32" },
  // ssize_t read(int fd, void *buffer, size_t count)
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  // int close(int fd)
  close: { parameters: ["i32"], result: "i32" },
} as const satisfies Deno.ForeignLibraryInterface;

/** `O_RDONLY | O_CLOEXEC`. */
const READ_ONLY = 0x80000;

const PIECE = 1 << 16;

/** The text of a special file; null on other systems than Linux, without it, or without leave. */
export function readSpecial(path: SpecialFile): string | null {
  if (Deno.build.os !== "linux") return null;
  try {
    return Deno.readTextFileSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotCapable)) return null;
  }
  try {
    using stack = new DisposableStack();
    const { symbols } = stack.adopt(Deno.dlopen("libc.so.6", LIBC), (libc) => libc.close());
    const file = symbols.open(new TextEncoder().encode(`${path}\0`), READ_ONLY);
    if (file < 0) return null;
    stack.defer(() => symbols.close(file));
    const decoder = new TextDecoder();
    let text = "";
    for (;;) {
      const piece = new Uint8Array(PIECE);
      const count = Number(symbols.read(file, piece, BigInt(PIECE)));
      if (count <= 0) return count < 0 ? null : text + decoder.decode();
      text += decoder.decode(piece.subarray(0, count), { stream: true });
    }
  } catch {
    // without --allow-ffi, or with another C library, it stays unknown
    return null;
  }
}
