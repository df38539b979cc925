// In a program that is linked with this, nothing waits until the disk has what was written: no test cuts the
// power, and the thousands of syncs took most of the time of the tests that store things. A bad descriptor
// stays an error.
#include <fcntl.h>
#include <unistd.h>

extern "C" {

int fsync(int fd) { return ::fcntl(fd, F_GETFD) < 0 ? -1 : 0; }
int fdatasync(int fd) { return ::fcntl(fd, F_GETFD) < 0 ? -1 : 0; }

}  // extern "C"
