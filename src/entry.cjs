#!/usr/bin/env node
'use strict';
// The system's calls wait in threads of libuv, whose number is read once, before anything is loaded as an ES module: so
// this is none. Threads that have nothing to wait for cost nothing.
const { argv, env } = process;
const at = argv.findIndex((word) => /^--concurrency(=|$)/.test(word));
const asked = at < 0 ? 0 : Number(argv[at].split('=')[1] ?? argv[at + 1]);
// 1024 is libuv's own limit (`src/threadpool.c`).
env.UV_THREADPOOL_SIZE ??= String(Number.isInteger(asked) && asked >= 1 && asked <= 1024 ? asked : 64);
void import('./main.js');
