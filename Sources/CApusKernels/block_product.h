// Products of small Float32 matrices that stay in the cache: what attention does between its
// softmaxes.
#pragma once

#include "lanes.h"

#define WORD float
#define WORDS lanes
#define ADD_PRODUCTS(sums, left, right) ((sums) + (left) * (right))
#define TILE_PRODUCT block_tile
#define PRODUCT block_product
#define TILE_TARGET
#define PRODUCT_TARGET CLONES
#include "product_tiles.h"
