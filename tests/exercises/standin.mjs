// A stand-in for Pyodide: the part of its interface that run_worker.js uses, on a process of CPython that the test's server starts.
export async function loadPyodide({ indexURL }) {
  const loadedPackages = {};
  let line = console.log, unpacked = null;
  return {
    loadedPackages,
    async loadPackagesFromImports(code) {
      if (code === "import numpy") loadedPackages.numpy = "default channel";
    },
    unpackArchive(buffer, format) {
      if (format !== "wheel") throw new Error(`not a wheel: ${format}`);
      unpacked = fetch(indexURL + "wheel", { method: "POST", body: buffer });
    },
    setStdout({ batched }) { line = batched; },
    async runPythonAsync(code) {
      await unpacked;
      const reader = (await fetch(indexURL + "python", { method: "POST", body: code })).body.pipeThrough(new TextDecoderStream()).getReader();
      for (let rest = ""; ;) {
        const { value, done } = await reader.read();
        if (done) return;
        const lines = (rest + value).split("\n");
        rest = lines.pop();
        lines.forEach((l) => line(l));
      }
    },
  };
}
