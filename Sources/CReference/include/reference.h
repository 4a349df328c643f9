// Reference loops for kioskd-bench: what plain C reaches on the same machine in the same run.
#ifndef KIOSKD_REFERENCE_H
#define KIOSKD_REFERENCE_H
#endif
