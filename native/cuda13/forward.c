/*
 * A library with the names of one major version that jumps to the next: JCuda 12.6's bindings ask
 * for libnvrtc.so.12 and libcublas.so.12, a machine with CUDA 13 has only the libraries of version
 * 13, whose functions of these names take the same arguments.
 *
 * LIST      a file of FORWARD(name) lines, one a function
 * TARGET    file name of the library that has the functions
 * MISSING   what a function returns that the library does not have: a status of that library
 *
 * A function is a jump through a slot that is filled when the library is loaded, so no signature is
 * needed: registers and stack stay as the caller left them.
 */
#include <dlfcn.h>
#include <stddef.h>

#if !defined(__x86_64__)
#error "JCuda's bindings are for x86-64"
#endif

#define HIDDEN __attribute__((visibility("hidden")))

#define FORWARD(name) void *slot_##name HIDDEN;
#include LIST
#undef FORWARD

#define FORWARD(name)             \
  __asm__(".text\n"               \
          ".globl " #name "\n"    \
          ".type " #name ", @function\n" #name ":\n" \
          "  endbr64\n"           \
          "  jmp *slot_" #name "(%rip)\n"            \
          ".size " #name ", .-" #name "\n");
#include LIST
#undef FORWARD

static const struct {
  const char *name;
  void **slot;
} functions[] = {
#define FORWARD(name) {#name, &slot_##name},
#include LIST
#undef FORWARD
};

static int missing(void) { return MISSING; }

__attribute__((constructor)) static void resolve(void) {
  void *library = dlopen(TARGET, RTLD_NOW | RTLD_LOCAL);
  for (size_t i = 0; i < sizeof functions / sizeof *functions; i++) {
    void *function = library == NULL ? NULL : dlsym(library, functions[i].name);
    *functions[i].slot = function == NULL ? (void *)missing : function;
  }
}
