/*
 * A CUDA driver without a GPU: the functions that Ablate calls, over host memory. It shows mistakes
 * of the host code before a real driver meets them:
 *
 *   - commands of a stream run only when someone waits for them, so a missing wait reads old data;
 *     copies from and to pageable memory are taken at once, as the real driver does
 *   - a call without a current context, an address outside an allocation, a group or local memory
 *     beyond the limits is refused with the driver's own number
 *   - memory starts with noise and has guards at its ends, which are checked when it is freed
 *   - memory ends: FAKECUDA_MEMORY bytes (default 1 GiB) a device
 *   - a function of the host in a stream runs in a thread of its own, and its calls are refused
 *
 * With several streams a missing wait hides where what should have been waited for happens to have
 * run. FAKECUDA_SCHEDULE=late, the default, runs what others wait for and no more, so a stream that
 * does not wait for another one comes before it. With FAKECUDA_SCHEDULE=early every stream but the
 * oldest runs as soon as what it waits for is done, so one that does not wait for the oldest comes
 * before that.
 *
 * Kernels are the plain-C dialect, found by the header line of the PTX and their name; one that is
 * not for plain C exists but cannot be started. Device 0 has
 * compute capability 9.0, device 1 has 7.5. FAKECUDA_LINK=refuse makes the assembler of PTX refuse.
 * FAKECUDA_FAIL=kernel makes that kernel fail when it runs, and then all calls that need a context.
 */
#include "fakecuda.h"

#include <pthread.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

enum {
  SUCCESS = 0,
  INVALID_VALUE = 1,
  OUT_OF_MEMORY = 2,
  NOT_INITIALIZED = 3,
  INVALID_DEVICE = 101,
  INVALID_IMAGE = 200,
  INVALID_CONTEXT = 201,
  UNSUPPORTED_PTX_VERSION = 222,
  INVALID_HANDLE = 400,
  NOT_FOUND = 500,
  NOT_READY = 600,
  ILLEGAL_ADDRESS = 700,
  NOT_PERMITTED = 800,
  NOT_SUPPORTED = 801
};

enum { DEVICES = 2, GROUP = 1024, PLAIN_LOCAL = 48 << 10, MOST_LOCAL = 227 << 10, GUARD = 64 };

typedef int CUresult;
typedef uint64_t address;

struct device {
  int capability;
  int retained;
  unsigned flags;
  size_t used;
};

struct memory {
  struct memory *next;
  struct device *device; /* NULL for pinned host memory */
  unsigned char *start;  /* behind the guard */
  size_t bytes;
};

struct module {
  char *text; /* the PTX */
  const struct fake_kernel *kernels;
};

struct function {
  struct function *next;
  struct module *module;
  const struct fake_kernel *kernel;
  int local;
};

struct stream;

struct event {
  struct stream *stream; /* NULL until it is recorded */
  uint64_t command;
  double milliseconds;
};

enum kind { COPY, SET, LAUNCH, RECORD, WAIT, CALL_HOST };

struct command {
  struct command *next;
  enum kind kind;
  unsigned char *to;
  const unsigned char *from;
  unsigned char *snapshot; /* of pageable memory, freed with the command */
  size_t bytes;
  int value;
  const struct fake_kernel *kernel;
  uint64_t *arguments;
  unsigned groups;
  struct event *event;
  struct stream *other;
  uint64_t target;
  void (*call)(void *);
  void *data;
};

struct stream {
  struct stream *next;
  struct command *first, **last;
  uint64_t given, done;
  int busy; /* one of its commands has begun and is not done */
};

static struct device devices[DEVICES] = {{90, 0, 0, 0}, {75, 0, 0, 0}};
static struct memory *memories;
static struct stream *streams;
static struct function *functions;
static int initialized;
static int failed; /* a kernel did, so nothing works any more */
static __thread struct device *current;
static __thread int called_by_stream;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;

static void die(const char *what) {
  fprintf(stderr, "fakecuda: %s\n", what);
  abort();
}

static void *zeros(size_t bytes) {
  void *p = calloc(1, bytes);
  if (p == NULL) die("the host is out of memory");
  return p;
}

/* Memory: noise between two guards. */

static unsigned char *guarded(size_t bytes) {
  unsigned char *p = malloc(bytes + 2 * GUARD);
  if (p == NULL) die("the host is out of memory");
  memset(p, 0xFD, GUARD);
  memset(p + GUARD, 0xA5, bytes);
  memset(p + GUARD + bytes, 0xFD, GUARD);
  return p + GUARD;
}

static void unguard(unsigned char *start, size_t bytes, const char *what) {
  for (int i = 0; i < GUARD; i++) {
    if (start[-1 - i] != 0xFD || start[bytes + (size_t)i] != 0xFD) die(what);
  }
  free(start - GUARD);
}

static struct memory *hold(struct device *device, size_t bytes) {
  struct memory *m = zeros(sizeof *m);
  m->device = device;
  m->bytes = bytes;
  m->start = guarded(bytes);
  m->next = memories;
  memories = m;
  if (device != NULL) device->used += bytes;
  return m;
}

static CUresult release(const void *start, int pinned) {
  for (struct memory **m = &memories; *m != NULL; m = &(*m)->next) {
    if ((*m)->start == start && ((*m)->device == NULL) == pinned) {
      struct memory *found = *m;
      *m = found->next;
      if (found->device != NULL) found->device->used -= found->bytes;
      unguard(found->start, found->bytes, "something wrote beyond an allocation");
      free(found);
      return SUCCESS;
    }
  }
  return INVALID_VALUE;
}

/* Whether all bytes lie in one allocation of the device, or of pinned memory. */
static int within(const void *p, size_t bytes, int pinned) {
  const unsigned char *start = p;
  for (struct memory *m = memories; m != NULL; m = m->next) {
    if ((m->device == NULL) == pinned && start >= m->start && start - m->start <= (ptrdiff_t)m->bytes
        && bytes <= m->bytes - (size_t)(start - m->start)) {
      return 1;
    }
  }
  return 0;
}

static int on_device(address a, size_t bytes) { return within((void *)a, bytes, 0); }

/* Streams: commands wait in a list until someone waits for them. */

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return (double)t.tv_sec * 1e3 + (double)t.tv_nsec * 1e-6;
}

static void run(struct stream *stream, uint64_t target);

/* A thread of the driver's calls functions of the host. */
static void *host_call(void *command) {
  struct command *c = command;
  called_by_stream = 1;
  c->call(c->data);
  return NULL;
}

static void execute(struct command *c) {
  switch (c->kind) {
    case COPY:
      // A block can be freed and reused only after its commands, so the check still means something.
      memmove(c->to, c->from, c->bytes);
      break;
    case SET:
      memset(c->to, c->value, c->bytes);
      break;
    case LAUNCH: {
      const char *fault = getenv("FAKECUDA_FAIL");
      if (fault != NULL && strcmp(fault, c->kernel->name) == 0) failed = 1;
      if (failed) break;
      void *arguments[64];
      unsigned char *local = guarded(c->bytes);
      for (int i = 0; i < c->kernel->parameters; i++) arguments[i] = &c->arguments[i];
      c->kernel->call(arguments, c->groups, local);
      unguard(local, c->bytes, c->kernel->name);
      break;
    }
    case RECORD:
      c->event->milliseconds = now();
      break;
    case WAIT:
      run(c->other, c->target);
      break;
    case CALL_HOST: {
      pthread_t thread;
      if (pthread_create(&thread, NULL, host_call, c) != 0) die("no thread for the host's function");
      pthread_join(thread, NULL);
      break;
    }
  }
}

static void run_one(struct stream *stream) {
  struct command *c = stream->first;
  stream->first = c->next;
  if (stream->first == NULL) stream->last = &stream->first;
  stream->busy = 1;
  execute(c);
  stream->busy = 0;
  stream->done++;
  free(c->snapshot);
  free(c->arguments);
  free(c);
}

static int blocked(const struct stream *stream) {
  const struct command *c = stream->first;
  return c == NULL || stream->busy || (c->kind == WAIT && c->other->done < c->target);
}

/* Of streams that run early: all that waits for nothing. */
static void run_early(void) {
  const char *schedule = getenv("FAKECUDA_SCHEDULE");
  if (schedule == NULL || strcmp(schedule, "early") != 0) return;
  for (int more = 1; more;) {
    more = 0;
    for (struct stream *s = streams; s != NULL && s->next != NULL; s = s->next) {
      for (; !blocked(s); more = 1) run_one(s);
    }
  }
}

static void run(struct stream *stream, uint64_t target) {
  while (stream->done < target && stream->first != NULL) {
    run_one(stream);
    run_early();
  }
}

static void run_all(void) {
  for (struct stream *s = streams; s != NULL; s = s->next) run(s, s->given);
}

static struct command *give(struct stream *stream, enum kind kind) {
  struct command *c = zeros(sizeof *c);
  c->kind = kind;
  *stream->last = c;
  stream->last = &c->next;
  stream->given++;
  return c;
}

static int known(const struct stream *stream) {
  for (struct stream *s = streams; s != NULL; s = s->next) {
    if (s == stream) return 1;
  }
  return 0;
}

/* Every function holds the lock; most need a context, and say when a kernel has failed in it. */
#define CALL(body)                  \
  do {                              \
    CUresult result_ = SUCCESS;     \
    int context_ = 0;               \
    if (called_by_stream) return NOT_PERMITTED; \
    pthread_mutex_lock(&lock);      \
    do {                            \
      body                          \
    } while (0);                    \
    run_early();                    \
    if (context_ && failed) result_ = ILLEGAL_ADDRESS; \
    pthread_mutex_unlock(&lock);    \
    return result_;                 \
  } while (0)
#define REFUSE(condition, code) \
  if (condition) {              \
    result_ = (code);           \
    break;                      \
  }
#define NEEDS_CONTEXT                                              \
  context_ = 1;                                                    \
  REFUSE(failed, ILLEGAL_ADDRESS)                                  \
  REFUSE(current == NULL || current->retained == 0, INVALID_CONTEXT)
#define NEEDS_STREAM(s) REFUSE(!known(s), INVALID_HANDLE)

CUresult cuInit(unsigned flags) {
  CALL(REFUSE(flags != 0, INVALID_VALUE) initialized = 1;);
}

CUresult cuDriverGetVersion(int *version) {
  *version = 12060;
  return SUCCESS;
}

CUresult cuDeviceGetCount(int *count) {
  CALL(REFUSE(!initialized, NOT_INITIALIZED) *count = DEVICES;);
}

CUresult cuDeviceGet(int *device, int ordinal) {
  CALL(REFUSE(ordinal < 0 || ordinal >= DEVICES, INVALID_DEVICE) *device = ordinal;);
}

CUresult cuDeviceGetName(char *name, int length, int device) {
  snprintf(name, (size_t)length, "Fake GPU %d", device);
  return SUCCESS;
}

static size_t memory_bytes(void) {
  const char *bytes = getenv("FAKECUDA_MEMORY");
  return bytes == NULL ? (size_t)1 << 30 : (size_t)strtoull(bytes, NULL, 10);
}

CUresult cuDeviceTotalMem_v2(size_t *bytes, int device) {
  (void)device;
  *bytes = memory_bytes();
  return SUCCESS;
}

CUresult cuDeviceGetAttribute(int *value, int attribute, int device) {
  switch (attribute) {
    case 1: *value = GROUP; return SUCCESS;       /* MAX_THREADS_PER_BLOCK */
    case 16: *value = 4; return SUCCESS;          /* MULTIPROCESSOR_COUNT */
    case 75: *value = devices[device].capability / 10; return SUCCESS;
    case 76: *value = devices[device].capability % 10; return SUCCESS;
    case 97: *value = MOST_LOCAL; return SUCCESS; /* MAX_SHARED_MEMORY_PER_BLOCK_OPTIN */
    default: return INVALID_VALUE;
  }
}

CUresult cuDevicePrimaryCtxGetState(int device, unsigned *flags, int *active) {
  CALL(*flags = devices[device].flags; *active = devices[device].retained > 0;);
}

CUresult cuDevicePrimaryCtxSetFlags_v2(int device, unsigned flags) {
  CALL(REFUSE(flags > 0x1f, INVALID_VALUE) devices[device].flags = flags;);
}

CUresult cuDevicePrimaryCtxRetain(struct device **context, int device) {
  CALL(devices[device].retained++; *context = &devices[device];);
}

CUresult cuDevicePrimaryCtxRelease_v2(int device) {
  CALL(REFUSE(devices[device].retained == 0, INVALID_CONTEXT)
       if (--devices[device].retained == 0 && devices[device].used > 0) {
         die("a context was given back with memory in it");
       });
}

CUresult cuCtxSetCurrent(struct device *context) {
  CALL(REFUSE(context != NULL && context->retained == 0, INVALID_CONTEXT) current = context;);
}

CUresult cuCtxGetCurrent(struct device **context) {
  *context = current;
  return SUCCESS;
}

CUresult cuMemAlloc_v2(address *a, size_t bytes) {
  CALL(NEEDS_CONTEXT REFUSE(bytes == 0, INVALID_VALUE)
       REFUSE(bytes > memory_bytes() || current->used > memory_bytes() - bytes, OUT_OF_MEMORY)
       *a = (address)hold(current, bytes)->start;);
}

CUresult cuMemGetInfo_v2(size_t *available, size_t *total) {
  CALL(NEEDS_CONTEXT *total = memory_bytes();
       *available = current->used < *total ? *total - current->used : 0;);
}

CUresult cuMemFree_v2(address a) {
  CALL(NEEDS_CONTEXT run_all(); result_ = release((void *)a, 0););
}

CUresult cuMemAllocHost_v2(void **p, size_t bytes) {
  CALL(NEEDS_CONTEXT *p = hold(NULL, bytes)->start;);
}

CUresult cuMemFreeHost(void *p) {
  CALL(NEEDS_CONTEXT run_all(); result_ = release(p, 1););
}

CUresult cuMemcpyHtoD_v2(address to, const void *from, size_t bytes) {
  CALL(NEEDS_CONTEXT REFUSE(!on_device(to, bytes), INVALID_VALUE) run_all();
       memcpy((void *)to, from, bytes););
}

CUresult cuMemcpyDtoH_v2(void *to, address from, size_t bytes) {
  CALL(NEEDS_CONTEXT REFUSE(!on_device(from, bytes), INVALID_VALUE) run_all();
       memcpy(to, (void *)from, bytes););
}

CUresult cuMemcpyHtoDAsync_v2(address to, const void *from, size_t bytes, struct stream *stream) {
  CALL(NEEDS_CONTEXT NEEDS_STREAM(stream) REFUSE(!on_device(to, bytes), INVALID_VALUE)
       struct command *c = give(stream, COPY);
       c->to = (unsigned char *)to;
       c->from = from;
       c->bytes = bytes;
       if (!within(from, bytes, 1)) {
         c->snapshot = zeros(bytes);
         memcpy(c->snapshot, from, bytes);
         c->from = c->snapshot;
       });
}

CUresult cuMemcpyDtoHAsync_v2(void *to, address from, size_t bytes, struct stream *stream) {
  CALL(NEEDS_CONTEXT NEEDS_STREAM(stream) REFUSE(!on_device(from, bytes), INVALID_VALUE)
       struct command *c = give(stream, COPY);
       c->to = to;
       c->from = (unsigned char *)from;
       c->bytes = bytes;
       if (!within(to, bytes, 1)) run(stream, stream->given););
}

CUresult cuMemcpyDtoDAsync_v2(address to, address from, size_t bytes, struct stream *stream) {
  CALL(NEEDS_CONTEXT NEEDS_STREAM(stream)
       REFUSE(!on_device(to, bytes) || !on_device(from, bytes), INVALID_VALUE)
       struct command *c = give(stream, COPY);
       c->to = (unsigned char *)to;
       c->from = (unsigned char *)from;
       c->bytes = bytes;);
}

CUresult cuMemsetD8Async(address to, unsigned char value, size_t bytes, struct stream *stream) {
  CALL(NEEDS_CONTEXT NEEDS_STREAM(stream) REFUSE(!on_device(to, bytes), INVALID_VALUE)
       struct command *c = give(stream, SET);
       c->to = (unsigned char *)to;
       c->value = value;
       c->bytes = bytes;);
}

CUresult cuStreamCreate(struct stream **stream, unsigned flags) {
  (void)flags;
  CALL(NEEDS_CONTEXT struct stream *s = zeros(sizeof *s);
       s->last = &s->first;
       s->next = streams;
       streams = s;
       *stream = s;);
}

CUresult cuStreamSynchronize(struct stream *stream) {
  CALL(NEEDS_CONTEXT NEEDS_STREAM(stream) run(stream, stream->given););
}

/* The struct stays: events may still name the stream. */
CUresult cuStreamDestroy_v2(struct stream *stream) {
  CALL(NEEDS_CONTEXT NEEDS_STREAM(stream) run(stream, stream->given);
       for (struct stream **s = &streams; *s != NULL; s = &(*s)->next) {
         if (*s == stream) {
           *s = stream->next;
           break;
         }
       });
}

CUresult cuLaunchHostFunc(struct stream *stream, void (*call)(void *), void *data) {
  CALL(NEEDS_CONTEXT NEEDS_STREAM(stream) REFUSE(call == NULL, INVALID_VALUE)
       struct command *c = give(stream, CALL_HOST);
       c->call = call;
       c->data = data;);
}

CUresult cuStreamWaitEvent(struct stream *stream, struct event *event, unsigned flags) {
  (void)flags;
  CALL(NEEDS_CONTEXT NEEDS_STREAM(stream) if (event->stream != NULL) {
    struct command *c = give(stream, WAIT);
    c->other = event->stream;
    c->target = event->command;
  });
}

CUresult cuEventCreate(struct event **event, unsigned flags) {
  (void)flags;
  CALL(NEEDS_CONTEXT *event = zeros(sizeof **event););
}

CUresult cuEventRecord(struct event *event, struct stream *stream) {
  CALL(NEEDS_CONTEXT NEEDS_STREAM(stream) give(stream, RECORD)->event = event;
       event->stream = stream;
       event->command = stream->given;);
}

CUresult cuEventSynchronize(struct event *event) {
  CALL(NEEDS_CONTEXT if (event->stream != NULL) run(event->stream, event->command););
}

/* Commands go on while somebody asks, one a question. */
CUresult cuEventQuery(struct event *event) {
  CALL(NEEDS_CONTEXT struct stream *s = event->stream;
       REFUSE(s == NULL || s->done >= event->command, SUCCESS)
       run_one(s);
       REFUSE(!failed, NOT_READY));
}

CUresult cuEventElapsedTime(float *milliseconds, struct event *start, struct event *end) {
  CALL(REFUSE(start->stream == NULL || end->stream == NULL, INVALID_HANDLE)
       REFUSE(start->stream->done < start->command || end->stream->done < end->command, NOT_READY)
       *milliseconds = (float)(end->milliseconds - start->milliseconds););
}

CUresult cuEventDestroy_v2(struct event *event) {
  CALL(NEEDS_CONTEXT run_all(); free(event););
}

/* Images: the "machine code" is the PTX with a mark before it. */

static const char MARK[] = "FAKECUBIN\n";

struct link {
  char *text;
  char *image;
};

CUresult cuLinkCreate_v2(unsigned count, int *options, void **values, struct link **state) {
  (void)count, (void)options, (void)values;
  CALL(NEEDS_CONTEXT *state = zeros(sizeof **state););
}

CUresult cuLinkAddData_v2(
    struct link *state, int type, void *data, size_t size, const char *name, unsigned count,
    int *options, void **values) {
  (void)name, (void)count, (void)options, (void)values;
  CALL(NEEDS_CONTEXT const char *mode = getenv("FAKECUDA_LINK");
       REFUSE(mode != NULL && strcmp(mode, "refuse") == 0, UNSUPPORTED_PTX_VERSION)
       REFUSE(type != 1 || size == 0 || ((char *)data)[size - 1] != 0, INVALID_VALUE)
       REFUSE(strstr(data, "\n.version ") == NULL, INVALID_IMAGE)
       free(state->text);
       state->text = strdup(data););
}

CUresult cuLinkComplete(struct link *state, void **image, size_t *size) {
  CALL(NEEDS_CONTEXT REFUSE(state->text == NULL, INVALID_VALUE)
       *size = strlen(MARK) + strlen(state->text) + 1;
       state->image = zeros(*size);
       strcpy(state->image, MARK);
       strcat(state->image, state->text);
       *image = state->image;);
}

CUresult cuLinkDestroy(struct link *state) {
  CALL(free(state->text); free(state->image); free(state););
}

/* The text of an option that is a buffer, as the driver pairs it with its size. */
static void say(const char *what, unsigned count, const int *options, void **values) {
  size_t size = 0;
  char *log = NULL;
  for (unsigned i = 0; i < count; i++) {
    if (options[i] == 5) log = values[i];           /* ERROR_LOG_BUFFER */
    if (options[i] == 6) size = (size_t)values[i];  /* ERROR_LOG_BUFFER_SIZE_BYTES */
  }
  if (log != NULL) snprintf(log, size, "%s", what);
}

CUresult cuModuleLoadDataEx(
    struct module **module, const void *image, unsigned count, int *options, void **values) {
  CALL(NEEDS_CONTEXT const char *text = image;
       const char *mode = getenv("FAKECUDA_LINK");
       if (mode != NULL && strcmp(mode, "refuse") == 0 && strncmp(text, "// ", 3) == 0) {
         say("ptxas fatal   : Unsupported .version\n", count, options, values);
         REFUSE(1, UNSUPPORTED_PTX_VERSION)
       }
       if (strncmp(text, MARK, strlen(MARK)) != 0) say("not an image\n", count, options, values);
       REFUSE(strncmp(text, MARK, strlen(MARK)) != 0, INVALID_IMAGE)
       text += strlen(MARK);
       char variant[256];
       REFUSE(sscanf(text, "// %255s", variant) != 1, INVALID_IMAGE)
       const struct fake_kernel *found = NULL;
       for (int t = 0; fake_kernels[t] != NULL; t++) {
         if (fake_kernels[t]->name != NULL && strcmp(fake_kernels[t]->variant, variant) == 0) {
           found = fake_kernels[t];
         }
       }
       REFUSE(found == NULL, INVALID_IMAGE)
       *module = zeros(sizeof **module);
       (*module)->text = strdup(text);
       (*module)->kernels = found;);
}

CUresult cuModuleUnload(struct module *module) {
  CALL(NEEDS_CONTEXT run_all();
       for (struct function **f = &functions; *f != NULL;) {
         struct function *function = *f;
         if (function->module == module) {
           *f = function->next;
           free(function);
         } else {
           f = &function->next;
         }
       }
       free(module->text);
       free(module););
}

CUresult cuModuleGetFunction(struct function **function, struct module *module, const char *name) {
  CALL(NEEDS_CONTEXT char entry[300];
       snprintf(entry, sizeof entry, ".entry %s(", name);
       const struct fake_kernel *kernel = module->kernels;
       while (kernel->name != NULL && strcmp(kernel->name, name) != 0) kernel++;
       REFUSE(strstr(module->text, entry) == NULL, NOT_FOUND)
       *function = zeros(sizeof **function);
       (*function)->module = module;
       (*function)->kernel = kernel;
       (*function)->local = PLAIN_LOCAL;
       (*function)->next = functions;
       functions = *function;);
}

/* Plain C has one item a group, and code that counts on a group's size must hear so. */
CUresult cuFuncGetAttribute(int *value, int attribute, struct function *function) {
  (void)function;
  if (attribute != 0) return INVALID_VALUE;
  *value = 1;
  return SUCCESS;
}

CUresult cuFuncSetAttribute(struct function *function, int attribute, int value) {
  if (attribute != 8 || value < 0 || value > MOST_LOCAL) return INVALID_VALUE;
  function->local = value;
  return SUCCESS;
}

CUresult cuLaunchKernel(
    struct function *function, unsigned gx, unsigned gy, unsigned gz, unsigned bx, unsigned by,
    unsigned bz, unsigned local, struct stream *stream, void **parameters, void **extra) {
  CALL(NEEDS_CONTEXT NEEDS_STREAM(stream)
       REFUSE(gx == 0 || gx > 0x7fffffffu || gy != 1 || gz != 1, INVALID_VALUE)
       REFUSE(bx == 0 || bx > GROUP || by != 1 || bz != 1, INVALID_VALUE)
       REFUSE(local > (unsigned)function->local || parameters == NULL || extra != NULL, INVALID_VALUE)
       const struct fake_kernel *kernel = function->kernel;
       REFUSE(kernel->name == NULL, NOT_SUPPORTED)
       struct command *c = give(stream, LAUNCH);
       c->kernel = kernel;
       c->groups = gx;
       c->bytes = local;
       c->arguments = zeros(sizeof(uint64_t) * (size_t)(kernel->parameters + 1));
       for (int i = 0; i < kernel->parameters; i++) {
         memcpy(&c->arguments[i], parameters[i], (size_t)kernel->sizes[i]);
       });
}
