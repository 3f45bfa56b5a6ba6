/**
 * When a process hangs: it computes without a word, or says nothing at all. Its own processor time
 * counts, so that neither a busy machine nor a stop of the whole programme makes a hang.
 *
 * @module
 */

/** Seconds of the processor without a word after which a reader hangs. */
export const BUSY = 5;

/** The same until its first word: it loads everything first. */
const STARTING = 60;

/** Looks, a second apart, at a process that neither speaks nor is stopped, until it hangs. */
const SILENT = 300;

/** Watches a process; `heard` tells that it said something, `close` ends watching. */
export class Patience {
  readonly #pid: number;
  readonly #timer: ReturnType<typeof setInterval>;
  #looks = 0;
  #limit = STARTING;
  #used: number | null = 0;

  /** Watches a process, and calls `onHang` once where it hangs. */
  constructor(pid: number, onHang: () => void) {
    this.#pid = pid;
    let looking = false;
    this.#timer = setInterval(async () => {
      if (looking) return;
      looking = true;
      if (await this.#hangs()) {
        this.close();
        onHang();
      }
      looking = false;
    }, 1000);
  }

  /** It said something. */
  heard(): void {
    this.#looks = 0;
    this.#limit = BUSY;
    this.#used = null;
  }

  /** Ends watching. */
  close(): void {
    clearInterval(this.#timer);
  }

  async #hangs(): Promise<boolean> {
    const usage = await usageOf(this.#pid);
    if (usage?.stopped) return false;
    this.#looks++;
    if (usage !== null) {
      this.#used ??= usage.seconds;
      // what is told in whole seconds may be one more
      if (usage.seconds - this.#used > this.#limit + 1) return true;
    }
    return this.#looks > SILENT;
  }
}

/** What a process has used, and whether it is stopped; null where the system does not tell. */
async function usageOf(pid: number): Promise<{ seconds: number; stopped: boolean } | null> {
  try {
    const { success, stdout } = await new Deno.Command("ps", {
      args: ["-o", "state=,cputimes=", "-p", String(pid)],
      stderr: "null",
    }).output();
    const [state, seconds] = new TextDecoder().decode(stdout).trim().split(/\s+/);
    return success ? { seconds: Number(seconds), stopped: state === "T" } : null;
  } catch {
    // no ps here: silence alone counts
    return null;
  }
}
