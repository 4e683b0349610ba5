// The headers of the tests, precompiled; see precompiled.h.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "cmake/precompiled.h"
