/*
 * The least that a scan can cost on this machine: makes the calls of a list, each once, with so many threads that take
 * from the one list, and does nothing with what they give. `recorder.ts` records the list and `reader.ts` runs this.
 *
 *   reader LIST ROOT THREADS
 *
 * LIST holds, for each call, its kind, its path below ROOT and a NUL: `S` stats (lstat), `R` reads a file (open, read to
 * its end, close), `F` the same with an fstat after the open, `L` lists a folder. What is not there is asked for all the
 * same, as the scan asked for it. The list is in memory before the clock starts. Prints JSON.
 */
#define _GNU_SOURCE
#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

enum { MAX_THREADS = 1024, AT_ONCE = 16, BUFFER_BYTES = 1 << 16 };

static const char *root;
static size_t root_length;
/* Each is a kind and a path. */
static char **calls;
static long call_count;
static atomic_long next_call;
/* How many of each kind the list has, and how many of them found nothing. */
static long stats, reads, lists;
static atomic_long absent;

static void stat_entry(const char *path) {
  struct stat state;
  if (lstat(path, &state) != 0) atomic_fetch_add(&absent, 1);
}

static void read_file(const char *path, int with_fstat) {
  char buffer[BUFFER_BYTES];
  struct stat state;
  int file = open(path, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
  if (file < 0) {
    atomic_fetch_add(&absent, 1);
    return;
  }
  if (with_fstat && fstat(file, &state) != 0) err(1, "%s", path);
  /* What does not fill the buffer was the end: a scan, which knows the size, does not ask once more either. */
  while (read(file, buffer, sizeof buffer) == (ssize_t)sizeof buffer) continue;
  close(file);
}

static void list_folder(const char *path) {
  DIR *folder = opendir(path);
  if (folder == NULL) {
    atomic_fetch_add(&absent, 1);
    return;
  }
  while (readdir(folder) != NULL) continue;
  closedir(folder);
}

static void make_call(const char *call) {
  char path[PATH_MAX];
  size_t length = strlen(call + 1);
  if (root_length + length >= sizeof path) errx(1, "a path is too long: %s", call);
  memcpy(path, root, root_length);
  memcpy(path + root_length, call + 1, length + 1);
  switch (call[0]) {
    case 'S':
      stat_entry(path);
      return;
    case 'R':
    case 'F':
      read_file(path, call[0] == 'F');
      return;
    case 'L':
      list_folder(path);
      return;
    default:
      errx(1, "no kind of call: %s", call);
  }
}

static void *work(void *nothing) {
  (void)nothing;
  for (;;) {
    long from = atomic_fetch_add(&next_call, AT_ONCE);
    if (from >= call_count) return NULL;
    long to = from + AT_ONCE < call_count ? from + AT_ONCE : call_count;
    for (long at = from; at < to; at++) make_call(calls[at]);
  }
}

static void load(const char *list) {
  FILE *file = fopen(list, "r");
  struct stat state;
  if (file == NULL || fstat(fileno(file), &state) != 0) err(1, "%s", list);
  size_t bytes = (size_t)state.st_size;
  char *text = malloc(bytes + 1);
  if (text == NULL || fread(text, 1, bytes, file) != bytes) err(1, "%s", list);
  fclose(file);
  if (bytes > 0 && text[bytes - 1] != '\0') errx(1, "%s does not end with a NUL", list);
  for (size_t at = 0; at < bytes; at++) call_count += text[at] == '\0';
  calls = malloc(((size_t)call_count + 1) * sizeof *calls);
  if (calls == NULL) err(1, "%s", list);
  char *call = text;
  for (long at = 0; at < call_count; at++, call += strlen(call) + 1) {
    calls[at] = call;
    stats += call[0] == 'S';
    reads += call[0] == 'R' || call[0] == 'F';
    lists += call[0] == 'L';
  }
}

static double seconds(struct timespec time) { return (double)time.tv_sec + (double)time.tv_nsec / 1e9; }

static double wall_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return seconds(now);
}

/* Of all threads, user and system. */
static double cpu_seconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
  return seconds(now);
}

int main(int count, char **words) {
  int threads = count == 4 ? atoi(words[3]) : 0;
  if (threads < 1 || threads > MAX_THREADS) errx(2, "usage: reader LIST ROOT THREADS");
  root = words[2];
  root_length = strlen(root);
  load(words[1]);
  pthread_t thread[MAX_THREADS];
  double wall = wall_seconds();
  double cpu = cpu_seconds();
  for (int at = 0; at < threads; at++) {
    if (pthread_create(&thread[at], NULL, work, NULL) != 0) errx(1, "no thread could be made");
  }
  for (int at = 0; at < threads; at++) pthread_join(thread[at], NULL);
  wall = wall_seconds() - wall;
  cpu = cpu_seconds() - cpu;
  printf("{\"wallSeconds\":%.6f,\"cpuSeconds\":%.6f,\"stat\":%ld,\"read\":%ld,\"list\":%ld,\"absent\":%ld}\n", wall, cpu,
         stats, reads, lists, atomic_load(&absent));
  return 0;
}
