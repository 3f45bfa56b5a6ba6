import assert from "node:assert/strict";
import { openCheckouts } from "./checkouts.ts";
import { git } from "./git.ts";

Deno.test("checkouts of a gate that was killed go with the next gate", async () => {
  const repository = Deno.makeTempDirSync();
  const known = () => git(repository, "worktree", "list", "--porcelain").match(/^worktree .*/gm)!;
  try {
    git(repository, "init", "--quiet");
    const author = ["-c", "user.name=gate", "-c", "user.email=gate@example.org"];
    git(repository, ...author, "commit", "--quiet", "--allow-empty", "--message", "empty");
    const config = new URL("../../../deno.json", import.meta.url).pathname;
    const child = new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", "--config", config].concat([`
        const { openCheckouts } = await import(${
        JSON.stringify(import.meta.resolve("./checkouts.ts"))
      });
        const checkouts = openCheckouts(${JSON.stringify(repository)});
        // an empty commit does not build: its checkout is there all the same
        await checkouts.add("base", "HEAD", new AbortController().signal).catch(() => {});
        console.log("there");
        setInterval(() => checkouts, 1000);
      `]),
      stdin: "null",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const reader = child.stdout.getReader();
    await reader.read();
    child.kill("SIGKILL");
    await child.status;
    await reader.cancel();
    const [own, left] = known();
    assert.ok(Deno.statSync(left.replace("worktree ", "")).isDirectory);
    {
      using _checkouts = openCheckouts(repository);
      assert.deepEqual(known(), [own]);
      assert.throws(() => Deno.statSync(left.replace("worktree ", "")), Deno.errors.NotFound);
    }
  } finally {
    Deno.removeSync(repository, { recursive: true });
  }
});
