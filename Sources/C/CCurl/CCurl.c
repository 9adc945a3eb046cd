// A C target needs one file to compile; all of it stands in the header.
#include "CCurl.h"
