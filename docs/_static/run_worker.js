// The worker of a page that runs Python: it loads Pyodide, NumPy and minitorch_bp when the first request comes, and hands on what
// minitorch_bp.exercises.browser says, one JSON object a line. Being a worker, it can be ended whatever Python is doing.

let python = null;

async function start({ pyodide, wheel }) {
  postMessage({ status: "Python is loading (about 15 MB, once)" });
  const { loadPyodide } = await import(pyodide + "pyodide.mjs");
  const py = await loadPyodide({ indexURL: pyodide });
  await load(py, "numpy");
  const response = await fetch(wheel);
  if (!response.ok) throw new Error(`${wheel}: ${response.status} ${response.statusText}`);
  py.unpackArchive(await response.arrayBuffer(), "wheel");
  return py;
}

const quiet = { messageCallback() {}, errorCallback() {} };
const load = (py, name) => py.loadPackagesFromImports(`import ${name}`, quiet);

onmessage = async ({ data }) => {
  try {
    python ??= start(data);
    const py = await python;
    const code = `from minitorch_bp.exercises.browser import answer\nanswer(${JSON.stringify(JSON.stringify(data.request))})`;
    const tried = new Set();
    for (;;) {
      const needs = [];
      py.setStdout({
        batched(line) {
          let event;
          try { event = JSON.parse(line); } catch { event = { text: line + "\n" }; }
          if (event.needs) needs.push(event.needs);
          else postMessage(event);
        },
      });
      postMessage({ status: "starting" });
      await py.runPythonAsync(code);
      // What was missing (SciPy, say) is loaded, if the distribution has it, and everything runs again.
      const before = Object.keys(py.loadedPackages).length;
      for (const name of needs.filter((n) => !tried.has(n))) {
        tried.add(name);
        postMessage({ status: `loading ${name}` });
        await load(py, name).catch(() => {});
      }
      if (Object.keys(py.loadedPackages).length === before) {
        if (needs.length) postMessage({ text: `(${needs.join(", ")} could not be loaded: this copy of Python is without it)\n` });
        break;
      }
      postMessage({ again: true });
    }
    postMessage({ done: true });
  } catch (error) {
    const loaded = await python.then(() => true, () => false);
    python = null;
    postMessage({ failed: String(error?.message ?? error), loaded });
  }
};
