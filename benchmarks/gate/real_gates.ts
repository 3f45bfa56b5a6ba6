/**
 * Real gates of a commit against itself, as it is and slowed on purpose: what the simulation says,
 * seen. Each is the command as a user calls it, with checkouts of its own.
 *
 * ```sh
 * deno run -A benchmarks/gate/real_gates.ts OUT.jsonl FIRST ROUNDS [SHARE[:sleep]...]
 * ```
 *
 * Every round, whose seed is FIRST and on, runs one gate as it is and one for each SHARE (0.05 and
 * 0.1 unless given), and adds a line of JSON each to OUT, without the raw samples.
 *
 * @module
 */

const [out, first, rounds, ...given] = Deno.args;
const slowed = ["0", ...(given.length > 0 ? given : ["0.05", "0.1"])].map((one) => {
  const [share, kind = "busy"] = one.split(":");
  return { share: Number(share), kind };
});
const main = new URL("../../src/cli/main.ts", import.meta.url).pathname;
const json = Deno.makeTempFileSync({ suffix: ".json" });

for (let seed = Number(first); seed < Number(first) + Number(rounds); seed++) {
  for (const { share, kind } of slowed) {
    const start = performance.now();
    const { code, stderr } = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "-A", main, "gate", "--base", "HEAD", "--new", "HEAD", "--layers", "time"],
        ...["--quiet", "--seed", String(seed), "--also", `json=${json}`],
        ...(share > 0 ? ["--inject", String(share), "--inject-kind", kind] : []),
      ],
      stdout: "null",
    }).output();
    const minutes = (performance.now() - start) / 60_000;
    const line = {
      seed,
      share,
      kind,
      code,
      minutes,
      ...summaryOf(code, new TextDecoder().decode(stderr)),
    };
    Deno.writeTextFileSync(out, `${JSON.stringify(line)}\n`, { append: true });
    Deno.writeTextFileSync(json, "");
    // deno-lint-ignore no-console
    console.log(JSON.stringify(line));
  }
}

/** What the gate wrote, or said where it wrote nothing. */
function summaryOf(code: number, said: string): Record<string, unknown> {
  const text = Deno.readTextFileSync(json);
  if (text === "") return { verdict: code === 5 ? "undecided" : "failed", reason: said.trim() };
  const { verdict, time: { reason, rows, planned, blocks } } = JSON.parse(text);
  const busy: number[] = blocks.map(({ others }: { others: number | null }) => others ?? 0);
  const others = busy.reduce((sum, one) => sum + one, 0) / busy.length;
  const told = rows.map(({ model, clock, ratio, low, high, blocks, verdict }: RowSummary) => ({
    model,
    clock,
    ratio,
    low,
    high,
    blocks,
    verdict,
  }));
  return { verdict, reason, planned, others, rows: told };
}

/** What is kept of a row. */
interface RowSummary {
  readonly model: string;
  readonly clock: string;
  readonly ratio: number;
  readonly low: number;
  readonly high: number | null;
  readonly blocks: number;
  readonly verdict: string;
}
