/* Allocations that fail when told to, of the whole process: failing_malloc.c stands before the C library's malloc. */
#ifndef DOSEGATE_TESTS_FAILING_MALLOC_H_
#define DOSEGATE_TESTS_FAILING_MALLOC_H_

void fail_allocations(long first, long last); /* counted from 1 from now on, on every thread */
long stop_failing(void);                      /* how many have failed since */
long allocations(void);                       /* how many were asked for since fail_allocations */

#endif
