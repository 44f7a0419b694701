// Pages that run Python. Each .mb-cell (a block of code) becomes an editor; what <script id="mb-page"> says, in JSON, makes the rest:
// {name, tail, given, pyodide, examples}. Without JavaScript the blocks of code stay what they are.
(() => {
  const here = document.currentScript.src.replace(/[^/]*$/, "");
  const PYODIDE = "https://cdn.jsdelivr.net/pyodide/v0.27.7/full/";
  const WHEEL = "minitorch_bp-0.1.0-py3-none-any.whl";

  const element = (tag, attributes = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), attributes);
    made.append(...children);
    return made;
  };

  // ---------------------------------------------------------------- the editor: a text field that knows Python's indentation
  function insert(field, text, from = field.selectionStart, to = field.selectionEnd) {
    field.setSelectionRange(from, to);
    // execCommand, because it alone keeps the browser's undo
    if (!document.execCommand(text ? "insertText" : "delete", false, text)) field.setRangeText(text, from, to, "end");
  }

  function keys(event, run) {
    const field = event.target;
    const { selectionStart: from, selectionEnd: to, value } = field;
    const first = value.lastIndexOf("\n", from - 1) + 1;
    const plain = !event.ctrlKey && !event.metaKey && !event.altKey;
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey || event.shiftKey)) run();
    else if (event.key === "Escape") { field.dataset.leave = "1"; return; } // then Tab goes to the next button, as elsewhere
    else if (event.key === "Tab" && plain && !field.dataset.leave) {
      if (from === to && !event.shiftKey) insert(field, " ".repeat(4 - ((from - first) % 4)));
      else {
        const lines = value.slice(first, to).split("\n");
        const moved = lines.map((line) => (event.shiftKey ? line.replace(/^ {1,4}/, "") : line && "    " + line)).join("\n");
        insert(field, moved, first, to);
        if (from === to) {
          const at = Math.max(first, from - (lines[0].length - moved.split("\n")[0].length));
          field.setSelectionRange(at, at);
        } else field.setSelectionRange(first, first + moved.length);
      }
    } else if (event.key === "Enter" && plain) {
      const line = value.slice(first, from);
      insert(field, "\n" + line.match(/^ */)[0] + (/:\s*(#.*)?$/.test(line) ? "    " : ""));
    } else if (event.key === "Backspace" && plain && from === to && from > first && /^ +$/.test(value.slice(first, from))) {
      insert(field, "", from - ((from - first - 1) % 4) - 1, from);
    } else { delete field.dataset.leave; return; }
    delete field.dataset.leave;
    event.preventDefault();
  }

  // ---------------------------------------------------------------- what comes out
  class Output {
    constructor() { this.place = element("div", { className: "mb-output" }); this.place.setAttribute("aria-live", "polite"); }
    clear() { this.place.replaceChildren(); this.text = null; }
    add(child) { this.text = null; this.place.append(child); }
    say(text, kind = "") {
      if (!this.text || this.text.className !== kind) {
        const pre = element("pre", { className: kind });
        this.add(pre);
        this.text = pre;
      }
      if (!text.includes("\r") && !this.text.textContent.endsWith("\r")) return this.text.append(text);
      // A progress bar goes over itself: of each line the part after its last return is left.
      const lines = (this.text.textContent + text).split("\n");
      this.text.textContent = lines.map((line) => line.slice(line.lastIndexOf("\r", line.length - 2) + 1)).join("\n");
    }
  }

  function page(about) {
    const cells = [...document.querySelectorAll(".mb-cell")].map((block, index) => {
      const starter = block.querySelector("pre").textContent.replace(/\n+$/, "");
      const field = element("textarea", { className: "mb-editor", spellcheck: false, wrap: "off", value: starter });
      for (const name of ["autocapitalize", "autocomplete", "autocorrect"]) field.setAttribute(name, "off");
      field.setAttribute("aria-label", about.tail ? `cell ${index + 1}` : "program");
      const cell = { starter, field, output: new Output(), key: `minitorch_bp ${about.name} ${index}` };
      cell.run = element("button", { className: "mb-button", type: "button", textContent: "Run" });
      if (about.tail) cell.run.title = "run the page up to here (Ctrl+Enter)";
      block.replaceChildren(field, element("div", { className: "mb-under" }, cell.run), cell.output.place);
      return cell;
    });

    // What was written is kept in this browser, as long as the starter is the same.
    const size = (cell) => { cell.field.rows = Math.max(about.tail ? 2 : 12, cell.field.value.split("\n").length); };
    const keep = (cell) => {
      size(cell);
      try {
        if (cell.field.value === cell.starter) localStorage.removeItem(cell.key);
        else localStorage.setItem(cell.key, JSON.stringify([cell.starter, cell.field.value]));
      } catch { /* a browser that keeps nothing */ }
    };
    for (const cell of cells) {
      try {
        const [starter, value] = JSON.parse(localStorage.getItem(cell.key)) ?? [];
        if (starter === cell.starter) cell.field.value = value;
      } catch { /* the same */ }
      size(cell);
    }

    // ---------------------------------------------------------------- the bar below
    const button = (text, title) => element("button", { className: "mb-button", type: "button", textContent: text, title });
    const check = button("Check", "run everything, and the checks");
    const stop = button("Stop", "end the program");
    const reset = button("Start again", "back to the text that this page began with");
    const save = button("Download", "your work as a file");
    const status = element("span", { className: "mb-status", role: "status" });
    const results = element("div", { className: "mb-results" });
    results.setAttribute("aria-live", "polite");
    const bar = element("div", { className: "mb-bar" }, ...(about.tail ? [check] : []), stop, reset, save);
    if (about.examples) bar.prepend(examples());
    bar.append(status);
    (document.querySelector(".mb-place") ?? document.getElementById("mb-page").parentNode).append(bar, results);

    function examples() {
      const choice = element("select", { className: "mb-button" }, element("option", { textContent: "Examples", value: "" }));
      choice.setAttribute("aria-label", "examples");
      for (const [title, text] of Object.entries(about.examples)) choice.append(element("option", { textContent: title, value: text }));
      choice.onchange = () => {
        if (choice.value) { cells[0].field.value = choice.value; cells[0].output.clear(); keep(cells[0]); }
        choice.value = "";
      };
      return choice;
    }

    // ---------------------------------------------------------------- asking the worker
    let worker = null, timer = 0, busy = false, began = 0;
    const set = (text, on) => {
      status.textContent = text;
      busy = on;
      for (const b of [check, reset, ...cells.map((c) => c.run)]) b.disabled = on;
      stop.disabled = !on;
      if (!on) clearTimeout(timer);
    };
    const end = (text) => { worker?.terminate(); worker = null; set(text, false); };
    set("", false);

    function ask(request, listen, forget, seconds, late) {
      if (busy) return;
      const pyodide = new URL(about.pyodide ?? PYODIDE, here).href;
      const clock = () => { clearTimeout(timer); if (seconds) timer = setTimeout(() => { end(""); late(); }, 1000 * seconds); };
      try {
        worker ??= new Worker(here + "run_worker.js", { type: "module" });
      } catch {
        return set("A page that was opened as a file cannot run Python. Serve its folder: python -m http.server", false);
      }
      set("", true);
      worker.onerror = (event) => end(`Python could not start: ${event.message ?? "the worker does not load"}`);
      worker.onmessage = ({ data }) => {
        if (data.status) { status.textContent = data.status; if (data.status === "running") { began = performance.now(); clock(); } }
        else if (data.again) { forget(); clearTimeout(timer); }
        else if (data.failed) end(data.loaded ? `Python itself failed: ${data.failed}` : `Python could not be loaded from ${pyodide}: ${data.failed}`);
        else if (data.done) set(`done in ${((performance.now() - began) / 1000).toFixed(1)} s`, false);
        else { clock(); listen(data); }
      };
      worker.postMessage({ pyodide, wheel: here + WHEEL, request });
    }
    stop.onclick = () => end("stopped");

    function run(last) {
      let output = cells[0].output;
      const forget = () => { for (const cell of cells.slice(0, last + 1)) cell.output.clear(); };
      if (busy) return;
      forget();
      ask({ do: "run", cells: cells.slice(0, last + 1).map((c) => c.field.value) }, (event) => {
        if ("cell" in event) output = cells[event.cell].output;
        else if (event.html) output.add(element("div", { className: "mb-rich", innerHTML: event.html }));
        else if (event.error) output.say(event.error, "mb-error");
        else if (event.text) output.say(event.text);
      }, forget, 0);
    }

    check.onclick = () => {
      let left = [], points = 0, all = 0;
      const row = (mark, title, score, message) => {
        const line = element("div", { className: `mb-check ${mark}` },
          element("b", { textContent: mark === "ok" ? "✓" : mark === "no" ? "✗" : "!" }), element("span", { textContent: title }));
        if (score) line.append(element("span", { className: "mb-points", textContent: score }));
        if (message) line.append(element("div", { textContent: message }));
        results.append(line);
      };
      const forget = () => { results.replaceChildren(); points = all = 0; };
      forget();
      const total = () => row(points === all ? "ok" : "no", `${points} of ${all} points`);
      ask({ do: "check", cells: cells.map((c) => c.field.value), checks: about.tail.split("\n\n\nfrom minitorch_bp.exercises import run_checks")[0], given: about.given }, (event) => {
        if (event.checks) {
          left = event.checks;
          for (const [, , worth] of left) all += worth;
          for (const text of event.trouble) row("trouble", text);
        } else if (event.name) {
          left = left.filter(([name]) => name !== event.name);
          points += event.points;
          row(event.message ? "no" : "ok", event.title, `${event.points}/${event.of}`, event.message);
          if (!left.length) total();
        }
      }, forget, about.seconds ?? 20, () => {
        const late = `still running after ${about.seconds ?? 20} s: is there a loop that does not end?`;
        if (!left.length) return row("trouble", late);
        left.forEach(([, title, worth], k) => row("no", title, `0/${worth}`, k ? "did not run: the check before it did not come to an end" : late));
        total();
      });
      results.scrollIntoView({ block: "nearest" });
    };

    reset.onclick = () => {
      if (!confirm("Throw away what you have written on this page?")) return;
      for (const cell of cells) { cell.field.value = cell.starter; cell.output.clear(); keep(cell); }
      results.replaceChildren();
    };
    save.onclick = () => {
      const code = cells.map((c) => "# %%\n" + c.field.value + "\n").join("\n\n");
      const text = about.tail ? `${code}\n\n# %% Checks: they run when you run this file.\n${about.tail}` : cells[0].field.value + "\n";
      const link = element("a", { href: URL.createObjectURL(new Blob([text], { type: "text/x-python" })), download: `${about.name}.py` });
      link.click();
      URL.revokeObjectURL(link.href);
    };
    cells.forEach((cell, index) => {
      cell.run.onclick = () => run(index);
      cell.field.oninput = () => keep(cell);
      cell.field.onkeydown = (event) => keys(event, () => run(index));
    });
  }

  const start = () => page(JSON.parse(document.getElementById("mb-page").textContent));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", start);
  else start();
})();
