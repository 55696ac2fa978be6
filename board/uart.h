/*
 * What a serial port makes of bytes that come at another speed than its own: it samples the levels
 * of the wire when it thinks that a bit is there. Pure; 8N1, bytes without gaps.
 */
#ifndef BOARD_UART_H
#define BOARD_UART_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* The speeds that a line may have, in bits a second. */
bool uart_is_speed(uint32_t baud);

/*
 * sent goes out at sent_baud and is heard at baud. Returns how many bytes that makes, at most
 * heard_max; the same ones when the speeds are the same.
 */
size_t uart_hear(const uint8_t *sent, size_t size, uint32_t sent_baud, uint32_t baud,
		 uint8_t *heard, size_t heard_max);

#endif
