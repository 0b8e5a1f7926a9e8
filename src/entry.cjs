#!/usr/bin/env node
'use strict';
const { availableParallelism } = process.getBuiltinModule('node:os');

// The system's calls wait in threads of libuv, whose number is read once, before anything is loaded as an ES module: so
// this is none. Threads that have nothing to wait for cost nothing.
const { argv, env } = process;
const at = argv.findIndex((word) => /^--concurrency(=|$)/.test(word));
const asked = at < 0 ? 0 : Number(argv[at].split('=')[1] ?? argv[at + 1]);
// 1024 is libuv's own limit (`src/threadpool.c`). More than 16 for each processor spend more on waking each other than they gain.
const usual = Math.min(64, 16 * availableParallelism());
env.UV_THREADPOOL_SIZE ??= String(Number.isInteger(asked) && asked >= 1 && asked <= 1024 ? asked : usual);
void import('./main.js');
