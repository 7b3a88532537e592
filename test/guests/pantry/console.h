/* Between the console and Xen. */
#pragma once
#include "xen.h"
#include <xen/io/console.h>

void console_start(struct xencons_interface *ring);
void wake_console(void);
void give_way(void);
