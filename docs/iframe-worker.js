/*
 * Browsers start no worker from a file on disk. Where the site is opened without a server, the search runs in a hidden
 * frame that looks like a worker to the theme. (The theme would fetch such a stand-in from another host.)
 */
if (location.protocol === "file:") {
  window.Worker = class extends EventTarget {
    constructor(url) {
      super()
      const address = new URL(url, document.baseURI)
      this.waiting = []
      const frame = document.createElement("iframe")
      frame.hidden = true
      frame.onload = () => {
        const inside = frame.contentWindow
        const load = (source) =>
          new Promise((done, failed) => {
            const script = inside.document.createElement("script")
            script.src = new URL(source, address)
            script.onload = done
            script.onerror = failed
            inside.document.head.append(script)
          })
        inside.postMessage = (data) => this.dispatchEvent(new MessageEvent("message", { data }))
        inside.importScripts = async (...sources) => {
          for (const source of sources) await load(source)
        }
        load(address).then(() => {
          this.inside = inside
          this.waiting.splice(0).forEach((data) => this.postMessage(data))
        })
      }
      frame.srcdoc = "<!doctype html><title>search</title>"
      document.body.append(frame)
    }

    postMessage(data) {
      if (this.inside) this.inside.dispatchEvent(new MessageEvent("message", { data }))
      else this.waiting.push(data)
    }
  }
}
