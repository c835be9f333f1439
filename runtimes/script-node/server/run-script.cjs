'use strict';

// INVARIANTS
// - Every process of a call is in the call's own process group, which is killed when the script has ended, when its time is
//   over and when its caller has left. The call ends after them.
// - Of the output at most HOLD_BYTES are in memory; past that the script waits until the caller has read.

const { spawn } = require('node:child_process');
const { isUtf8 } = require('node:buffer');

/** Output up to here is held until the script has ended, so that a failure can still become an error. */
const HOLD_BYTES = 1024 * 1024;
const TAIL_BYTES = 2048;

/** The script ended by itself, and not well. */
class ScriptFailed extends Error {
  name = 'ScriptFailed';
}

/**
 * A handler that runs `command` once a call.
 * @param {{ command: string[], appDir: string, env: NodeJS.ProcessEnv }} script
 */
function createScriptHandler({ command, appDir, env }) {
  return async (/** @type {any} */ event, /** @type {any} */ context) => {
    const { args, input, variables } = readCall(event);
    if (args.some((arg) => arg.includes('\0')))
      return { statusCode: 400, body: 'An argument of a program cannot hold a NUL character.\n' };
    const child = spawn(command[0], [...command.slice(1), ...args], {
      cwd: appDir,
      env: { ...env, ...variables, PLAT_REQUEST_ID: context.requestId },
      stdio: 'pipe',
      detached: true,
    });
    const run = new Run(child, context.signal);
    // A script need not read what it is sent.
    child.stdin.on('error', () => {});
    child.stdin.end(input);
    return run.answer();
  };
}

/** @param {any} event @returns {{ args: string[], input: Buffer, variables: Record<string, string> }} */
function readCall(event) {
  const http = event?.requestContext?.http;
  // A direct invoke: its payload is what the script reads.
  if (http === undefined) return { args: [], input: Buffer.from(JSON.stringify(event)), variables: {} };
  const args = [...new URLSearchParams(event.rawQueryString).values()];
  const input = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  return { args, input, variables: { PLAT_METHOD: http.method, PLAT_PATH: event.rawPath } };
}

class Run {
  #child;
  #signal;
  #ended;
  #errors;
  /** The last of what was printed, for the error's message. */
  #tail = { stdout: Buffer.alloc(0), stderr: Buffer.alloc(0) };

  /** @param {import('node:child_process').ChildProcessWithoutNullStreams} child @param {AbortSignal} signal */
  constructor(child, signal) {
    this.#child = child;
    this.#signal = signal;
    this.#ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('exit', (code, by) => {
        // What the script has left running would hold its output open.
        this.kill();
        resolve({ code, by });
      });
    });
    this.#ended.catch(() => {});
    this.#errors = this.#passErrors();
    signal.addEventListener('abort', this.kill);
    if (signal.aborted) this.kill();
  }

  kill = () => {
    if (this.#child.pid === undefined) return;
    try {
      process.kill(-this.#child.pid, 'SIGKILL');
    } catch {
      // All of the group have ended.
    }
  };

  /** The response, once the script has ended or has printed more than is held. Throws {@link ScriptFailed}. */
  async answer() {
    const output = this.#child.stdout[Symbol.asyncIterator]();
    /** @type {Buffer[]} */
    const held = [];
    let size = 0;
    while (size <= HOLD_BYTES) {
      const { value, done } = await output.next();
      if (done) {
        await this.#end();
        return response(Buffer.concat(held));
      }
      this.#keepTail('stdout', value);
      held.push(value);
      size += value.length;
    }
    const start = Buffer.concat(held);
    return { ...response(start), body: this.#stream(start, output) };
  }

  /** @param {Buffer} start @param {AsyncIterator<Buffer>} output */
  async *#stream(start, output) {
    try {
      yield start;
      for (let next = await output.next(); !next.done; next = await output.next()) {
        this.#keepTail('stdout', next.value);
        yield next.value;
      }
      await this.#end();
    } finally {
      this.kill();
    }
  }

  async #end() {
    const { code, by } = await this.#ended;
    await this.#errors;
    this.#signal.removeEventListener('abort', this.kill);
    if (code === 0) return;
    const reason = this.#signal.aborted
      ? 'was ended, because its time was over or its caller had left'
      : by === null
        ? `exited with code ${code}`
        : `was ended by ${by}${by === 'SIGKILL' ? '; it may have needed more memory than the function has' : ''}`;
    const last = lastLine(this.#tail.stderr) || lastLine(this.#tail.stdout);
    const error = new ScriptFailed(`The script ${reason}${last === '' ? '.' : `: ${last}`}`);
    // The stack would show this file, which says nothing to the script's author.
    error.stack = `${error.name}: ${error.message}`;
    throw error;
  }

  async #passErrors() {
    for await (const chunk of this.#child.stderr) {
      this.#keepTail('stderr', chunk);
      process.stderr.write(chunk);
    }
  }

  /** @param {'stdout' | 'stderr'} name @param {Buffer} chunk */
  #keepTail(name, chunk) {
    this.#tail[name] = Buffer.concat([this.#tail[name], chunk]).subarray(-TAIL_BYTES);
  }
}

/** @param {Buffer} output The whole output, or its beginning. */
function response(output) {
  // Up to three bytes may belong to a character that is cut.
  const isText = [0, 1, 2, 3].some(
    (cut) => cut <= output.length && isUtf8(output.subarray(0, output.length - cut)),
  );
  const type = isText && !output.includes(0) ? 'text/plain; charset=utf-8' : 'application/octet-stream';
  return { statusCode: 200, headers: { 'content-type': type }, body: output };
}

/** @param {Buffer} text */
function lastLine(text) {
  return text.toString('utf8').trimEnd().split('\n').pop()?.trim().slice(-500) ?? '';
}

module.exports = { HOLD_BYTES, ScriptFailed, createScriptHandler };
