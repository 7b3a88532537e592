// Stands in for @vscode/spdlog where there is no compiler: the same interface over plain appends.
const { appendFileSync, mkdirSync } = require('node:fs');
const { dirname } = require('node:path');

const levels = ['trace', 'debug', 'info', 'warn', 'error', 'critical'];

class Logger {
  constructor(_type, _name, file) {
    this.file = file;
    this.level = levels.indexOf('info');
    this.bare = false;
    mkdirSync(dirname(file), { recursive: true });
  }
  getLevel() {
    return this.level;
  }
  setLevel(level) {
    this.level = level;
  }
  clearFormatters() {
    this.bare = true;
  }
  setPattern() {}
  flush() {}
  drop() {}
}
for (const [rank, level] of levels.entries()) {
  Logger.prototype[level] = function (message) {
    if (rank >= this.level) appendFileSync(this.file, this.bare ? message : `${new Date().toISOString()} [${level}] ${message}\n`);
  };
}
const create = (name, file) => Promise.resolve(new Logger('rotating', name, file));

module.exports = { version: 0, setLevel() {}, setFlushOn() {}, Logger, createRotatingLogger: create, createAsyncRotatingLogger: create };
