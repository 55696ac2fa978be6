/* How long cards wait: the newest times, and what a bench wants to know of them. Pure. */
#ifndef AGENT_DOOR_LATENCY_H
#define AGENT_DOOR_LATENCY_H

#include <jansson.h>
#include <stdint.h>

#define LATENCY_SAMPLES 16384

struct door_latency {
	uint32_t samples_us[LATENCY_SAMPLES];
	uint64_t count;
};

void door_latency_add(struct door_latency *latency, uint64_t us);
/* {count, p50_us, p99_us, max_us}, a new reference. */
json_t *door_latency_answer(const struct door_latency *latency);

#endif
