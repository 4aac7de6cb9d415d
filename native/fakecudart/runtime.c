/* A CUDA runtime without a GPU, for ONNX Runtime's provider: memory is the host's, copies are made at
 * once, kernels do nothing. What it is asked for goes to standard error with FAKECUDART_LOG=1, so that
 * one sees what a run of a graph copies, in which stream, and where it waits. Values are of no use.
 * What is not here is a function that answers 0; `build` adds those.
 */
#include <cuda_runtime_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define LOG(...)                          \
  do {                                    \
    if (getenv("FAKECUDART_LOG")) {       \
      fprintf(stderr, "RT " __VA_ARGS__); \
    }                                     \
  } while (0)

static void *zeros(size_t bytes) { return calloc(1, bytes ? bytes : 1); }

cudaError_t cudaGetDeviceCount(int *count) { *count = 1; return 0; }
cudaError_t cudaGetDevice(int *device) { *device = 0; return 0; }
cudaError_t cudaDriverGetVersion(int *version) { *version = 13000; return 0; }
cudaError_t cudaRuntimeGetVersion(int *version) { *version = 13000; return 0; }

cudaError_t cudaDeviceGetAttribute(int *value, enum cudaDeviceAttr which, int device) {
  *value = which == cudaDevAttrComputeCapabilityMajor   ? 9
           : which == cudaDevAttrComputeCapabilityMinor ? 0
                                                        : 1024;
  return 0;
}

cudaError_t cudaGetDeviceProperties(struct cudaDeviceProp *found, int device) {
  memset(found, 0, sizeof *found);
  strcpy(found->name, "none");
  found->major = 9;
  found->multiProcessorCount = 132;
  found->maxThreadsPerBlock = 1024;
  found->maxThreadsPerMultiProcessor = 2048;
  found->sharedMemPerBlock = 48 << 10;
  found->sharedMemPerBlockOptin = 200 << 10;
  found->regsPerBlock = 65536;
  found->warpSize = 32;
  found->totalGlobalMem = 8ull << 30;
  for (int i = 0; i < 3; i++) {
    found->maxGridSize[i] = 65535;
    found->maxThreadsDim[i] = 1024;
  }
  return 0;
}

cudaError_t cudaMalloc(void **to, size_t bytes) { LOG("malloc\n"); *to = zeros(bytes); return 0; }
cudaError_t cudaHostAlloc(void **to, size_t bytes, unsigned flags) { *to = zeros(bytes); return 0; }
cudaError_t cudaMallocHost(void **to, size_t bytes) { *to = zeros(bytes); return 0; }
cudaError_t cudaFree(void *memory) { free(memory); return 0; }
cudaError_t cudaFreeHost(void *memory) { free(memory); return 0; }
cudaError_t cudaMemGetInfo(size_t *free, size_t *all) { *free = *all = 8ull << 30; return 0; }

cudaError_t cudaMemcpy(void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind) {
  LOG("memcpy %zu kind %d LEGACY\n", bytes, kind);
  memcpy(to, from, bytes);
  return 0;
}

cudaError_t cudaMemcpyAsync(
    void *to, const void *from, size_t bytes, enum cudaMemcpyKind kind, cudaStream_t stream) {
  LOG("memcpyAsync %zu kind %d stream %p\n", bytes, kind, (void *)stream);
  memcpy(to, from, bytes);
  return 0;
}

cudaError_t cudaMemset(void *to, int value, size_t bytes) {
  LOG("memset %zu LEGACY\n", bytes);
  memset(to, value, bytes);
  return 0;
}

cudaError_t cudaMemsetAsync(void *to, int value, size_t bytes, cudaStream_t stream) {
  LOG("memsetAsync %zu stream %p\n", bytes, (void *)stream);
  memset(to, value, bytes);
  return 0;
}

cudaError_t cudaStreamSynchronize(cudaStream_t stream) {
  LOG("WAITS streamSynchronize %p\n", (void *)stream);
  return 0;
}

cudaError_t cudaDeviceSynchronize(void) { LOG("WAITS deviceSynchronize\n"); return 0; }

cudaError_t cudaStreamCreateWithFlags(cudaStream_t *made, unsigned flags) {
  LOG("streamCreate\n");
  *made = zeros(64);
  return 0;
}

cudaError_t cudaEventCreateWithFlags(cudaEvent_t *made, unsigned flags) { *made = zeros(64); return 0; }
cudaError_t cudaEventCreate(cudaEvent_t *made) { *made = zeros(64); return 0; }

cudaError_t cudaFuncGetAttributes(struct cudaFuncAttributes *found, const void *kernel) {
  memset(found, 0, sizeof *found);
  found->maxThreadsPerBlock = 1024;
  return 0;
}

cudaError_t cudaOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int *blocks, const void *kernel, int size, size_t shared, unsigned flags) {
  *blocks = 2;
  return 0;
}

cudaError_t cudaLaunchHostFunc(cudaStream_t stream, cudaHostFn_t function, void *data) {
  LOG("launchHostFunc %p\n", (void *)stream);
  function(data);
  return 0;
}

cudaError_t cudaStreamEndCapture(cudaStream_t stream, cudaGraph_t *recorded) {
  LOG("endCapture %p\n", (void *)stream);
  *recorded = zeros(64);
  return 0;
}

cudaError_t cudaGraphInstantiate(
    cudaGraphExec_t *made, cudaGraph_t recorded, unsigned long long flags) {
  *made = zeros(64);
  return 0;
}

cudaError_t cudaGraphLaunch(cudaGraphExec_t recorded, cudaStream_t stream) {
  LOG("graphLaunch %p\n", (void *)stream);
  return 0;
}

const char *cudaGetErrorString(cudaError_t error) { return "none"; }
const char *cudaGetErrorName(cudaError_t error) { return "none"; }

/* What compiled kernels call. */

static void *binaries[64];
static __thread void *stream;

void **__cudaRegisterFatBinary(void *binary) { return binaries; }

unsigned __cudaPushCallConfiguration(dim3 grid, dim3 block, size_t shared, void *into) {
  stream = into;
  return 0;
}

int __cudaPopCallConfiguration(dim3 *grid, dim3 *block, size_t *shared, void *into) {
  grid->x = grid->y = grid->z = block->x = block->y = block->z = 1;
  *shared = 0;
  *(void **)into = stream;
  return 0;
}

int __cudaGetKernel(void **kernel, const void *function) { *kernel = (void *)function; return 0; }

int __cudaLaunchKernel(
    void *kernel, dim3 grid, dim3 block, void **arguments, size_t shared, cudaStream_t into) {
  LOG("launch stream %p\n", (void *)into);
  return 0;
}

cudaError_t cudaLaunchKernelExC(
    const cudaLaunchConfig_t *launch, const void *function, void **arguments) {
  LOG("launch stream %p\n", (void *)launch->stream);
  return 0;
}
