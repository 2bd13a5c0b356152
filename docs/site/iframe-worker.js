// Browsers start no workers from files on disk. The search runs in a hidden frame there, so that it needs no server.
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super();
      const frame = document.createElement("iframe");
      frame.hidden = true;
      document.body.appendChild(frame);
      this.inner = frame.contentWindow;
      window.addEventListener("message", (event) => {
        if (event.source !== this.inner) return;
        const passed = new MessageEvent("message", { data: event.data });
        this.dispatchEvent(passed);
        if (this.onmessage) this.onmessage(passed);
      });
      this.ready = new Promise((resolve) => frame.addEventListener("load", resolve));
      const script = new URL(url, document.baseURI).href;
      this.inner.document.open();
      this.inner.document.write(
        "<script>" +
          "const up = parent; window.postMessage = (data) => up.dispatchEvent(new MessageEvent('message', { data, source: window }));" +
          "window.importScripts = (...urls) => urls.reduce((done, url) => done.then(() => new Promise((resolve) => {" +
          "const s = document.createElement('script'); s.src = url; s.onload = s.onerror = resolve; document.body.appendChild(s); })), Promise.resolve());" +
          `</script><body><script src="${script}"></script></body>`
      );
      this.inner.document.close();
    }
    postMessage(data) {
      this.ready.then(() => this.inner.dispatchEvent(new MessageEvent("message", { data })));
    }
    terminate() {}
  };
}
