import assert from "node:assert/strict";

Deno.test("a look for the library never throws, and says what would get it", async () => {
  const script = `
    import { onednn } from ${JSON.stringify(new URL("mod.ts", import.meta.url).href)};
    const { available, advice } = onednn.probe();
    let refusal = null;
    try { onednn.open(); } catch (error) { refusal = error.name; }
    console.log(JSON.stringify({ available, advice, refusal }));
  `;
  const config = new URL("../../../deno.json", import.meta.url).pathname;
  for (const path of ["/nowhere/libdnnl.so", import.meta.filename!]) {
    // in a process of its own: the environment is one for all tests that run at the same time
    const { stdout, stderr } = await new Deno.Command(Deno.execPath(), {
      args: ["eval", "--quiet", "--config", config, script],
      env: { STACKBENCH_ONEDNN: path },
    }).output();
    const text = new TextDecoder();
    const { available, advice, refusal } = JSON.parse(text.decode(stdout) || text.decode(stderr));
    assert.deepEqual([available, refusal], [false, "MissingError"]);
    assert.match(advice, /deno task setup/);
  }
});
