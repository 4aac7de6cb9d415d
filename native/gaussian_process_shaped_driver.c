/* The same with priors that are more than one product. */
#define SHAPED 1
#include "gaussian_process_driver.c"
