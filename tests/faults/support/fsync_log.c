/* Preloaded into Valkey: after each fsync or fdatasync of a file, write its name and size to
 * FSYNC_LOG. What lies beyond the size written last would not survive a power cut. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static void note(int file, off_t size) {
  static int log = -1;
  char link[64], path[PATH_MAX], line[PATH_MAX + 32];
  if (log < 0) log = open(getenv("FSYNC_LOG"), O_WRONLY | O_CREAT | O_APPEND, 0600);
  snprintf(link, sizeof link, "/proc/self/fd/%d", file);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length <= 0) return;
  path[length] = 0;
  int count = snprintf(line, sizeof line, "%lld %s\n", (long long)size, path);
  if (write(log, line, count) != count) abort();
}

/* The size is read before the flush: what is appended meanwhile is not promised. */
static int flush(const char *name, int file) {
  struct stat before;
  int (*real)(int) = (int (*)(int))dlsym(RTLD_NEXT, name);
  int known = fstat(file, &before);
  int result = real(file);
  if (result == 0 && known == 0) note(file, before.st_size);
  return result;
}

int fsync(int file) { return flush("fsync", file); }
int fdatasync(int file) { return flush("fdatasync", file); }
