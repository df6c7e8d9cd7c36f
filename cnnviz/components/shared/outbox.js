// Edits on their way to Python. All that are under way go along each time, because Streamlit keeps
// only a component's last message; Python says with `meta.done` up to which it has them.

class Outbox {
  constructor() {
    this.edits = []; // that nothing from Python contains yet
  }

  // What Python sent: edits that it contains, and those of a lost session, are done with.
  settle({ token, done }, setState) {
    if (this.token !== undefined && this.token !== token) this.edits = [];
    Object.assign(this, { token, done, setState });
    this.edits = this.edits.filter((edit) => edit.id > done);
  }

  post(edit) {
    const last = this.edits.at(-1)?.id ?? this.done;
    this.edits.push({ id: Math.max(Date.now(), last + 1), ...edit });
    this.setState("edits", { token: this.token, messages: this.edits });
  }

  holds(kind) {
    return this.edits.some((edit) => edit.kind === kind);
  }
}
