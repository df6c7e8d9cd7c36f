// Take it along: the link to the clipboard, and files that Python makes when asked.

class Shelf {
  constructor(root) {
    this.root = root;
    this.follow = ({ detail }) => (this.step = detail.current);
    document.addEventListener("cnnviz:step", this.follow);
    document.dispatchEvent(new CustomEvent("cnnviz:ask-step"));
    root.querySelector(".take").addEventListener("click", (event) => {
      const act = event.target.closest("button")?.dataset.act;
      if (act) this.act(act);
    });
  }

  update(data, setState) {
    this.data = data;
    this.setState = setState;
    for (const button of this.root.querySelectorAll("button")) {
      button.querySelector("span").textContent = data.strings[button.dataset.act];
      button.hidden = !data.kinds.includes(button.dataset.act);
      if (button.dataset.act !== "link") button.disabled = !data.ready;
    }
    const file = data.file;
    if (file && file.id === this.asked) this.save(file);
  }

  destroy() {
    document.removeEventListener("cnnviz:step", this.follow);
  }

  act(act) {
    if (act === "link") return this.copy();
    this.asked = Date.now();
    this.say(this.data.strings.making);
    const message = { id: this.asked, kind: act, step: this.step, href: this.href.slice(0, 20000) };
    this.setState("wish", { token: this.data.token, messages: [message] });
  }

  // of the page, or of what the files are of
  get href() {
    return new URL(this.data.href || location.href, location.href).href;
  }

  async copy() {
    document.dispatchEvent(new CustomEvent("cnnviz:write-address"));
    try {
      await navigator.clipboard.writeText(this.href);
      this.say(this.data.strings.copied);
    } catch {
      // no permission, or no https: the reader copies by hand
      const field = this.root.querySelector("input");
      field.hidden = false;
      field.setAttribute("aria-label", this.data.strings.link);
      field.value = this.href;
      field.select();
      this.say(this.data.strings.copy_by_hand);
    }
  }

  save(file) {
    this.asked = null;
    if (file.refused) return this.say(file.refused);
    const bytes = Uint8Array.from(atob(file.data), (char) => char.charCodeAt(0));
    const link = document.createElement("a");
    link.href = URL.createObjectURL(new Blob([bytes], { type: file.mime }));
    link.download = file.name;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
    this.say(fill(this.data.strings.saved, { name: file.name }));
  }

  say(text) {
    this.root.querySelector(".said").textContent = text;
  }
}

export default mount((root) => new Shelf(root));
