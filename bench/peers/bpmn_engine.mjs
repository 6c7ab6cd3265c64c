// bpmn-engine, durable after each step: recover the state, signal the task, store the new state in SQLite.
// Reads lines from stdin: "cold" or "warm" (the engine stays in memory); answers one life of an instance, a JSON list of
// microseconds a step, on a line.
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { pathToFileURL } from 'node:url';

const [diagram, databasePath, modules] = process.argv.slice(2);
const require = createRequire(pathToFileURL(`${modules}/`));
const Database = require('better-sqlite3');
const { Engine } = require('bpmn-engine');

const source = readFileSync(diagram, 'utf8');
const database = new Database(databasePath);
database.pragma('journal_mode = WAL');
database.pragma('synchronous = NORMAL');
database.exec('CREATE TABLE w (id INTEGER PRIMARY KEY, version INT, state TEXT)');
database.exec('CREATE TABLE h (w INT, seq INT, body TEXT, PRIMARY KEY (w, seq))');
const insert = database.prepare('INSERT INTO w (version, state) VALUES (0, ?)');
const select = database.prepare('SELECT version, state FROM w WHERE id = ?');
const update = database.prepare('UPDATE w SET version = ?, state = ? WHERE id = ? AND version = ?');
const note = database.prepare('INSERT INTO h VALUES (?, ?, ?)');

const store = database.transaction((id, version, state, body) => {
  if (update.run(version + 1, state, id, version).changes !== 1) throw new Error('somebody was quicker');
  note.run(id, version, body);
});

function waiting(execution) {
  return execution.getPostponed().find((each) => each.type === 'bpmn:UserTask');
}

async function step(id, kept) {
  const { version, state } = select.get(id);
  let engine = kept?.engine;
  let execution = kept?.execution;
  if (!engine) {
    engine = new Engine().recover(JSON.parse(state));
    execution = await engine.resume();
  }
  const task = waiting(execution);
  task.signal({ said: task.id });
  store(id, version, JSON.stringify(await engine.getState()), JSON.stringify({ said: task.id }));
  return execution.state === 'idle' || execution.completed || !waiting(execution);
}

async function life(isWarm) {
  const engine = new Engine({ name: 'approval', source });
  const execution = await engine.execute();
  const id = insert.run(JSON.stringify(await engine.getState())).lastInsertRowid;
  const kept = isWarm ? { engine, execution } : null;
  if (!isWarm) await engine.stop();
  const times = [];
  for (let isOver = false; !isOver; ) {
    const began = process.hrtime.bigint();
    isOver = await step(id, kept);
    times.push(Number(process.hrtime.bigint() - began) / 1000);
  }
  return times;
}

for await (const line of createInterface({ input: process.stdin })) {
  console.log(JSON.stringify(await life(line.trim() === 'warm')));
}
