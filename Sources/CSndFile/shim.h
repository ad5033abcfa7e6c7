#include <sndfile.h>
#include <sys/types.h>

// Of Linux's, which the C library declares only to programs that ask for all of GNU's: copies bytes
// from one pipe to another and leaves them in the first.
ssize_t tee(int from, int to, size_t count, unsigned int flags);
