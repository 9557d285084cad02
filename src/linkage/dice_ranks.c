#include "linkage/dice_ranks.h"

#ifdef PEIL_MPI
#include "base/log.h"

#include <mpi.h>
#include <stdlib.h>

enum { RANK_BAND = 1024, PORTION = 1 << 24, TAG_COUNT = 1, TAG_PAIRS = 2 };

static void
part(void *object)
{
    (void)object;
    MPI_Finalize();
}

status
dice_ranks_join(arena *a, dice_ranks *result)
{
    *result = (dice_ranks){0, 1};
    if (!getenv("OMPI_COMM_WORLD_SIZE")) return ST_OK; /* alone: MPI costs half a second and may write files */
    int provided;
    if (MPI_Init_thread(NULL, NULL, MPI_THREAD_FUNNELED, &provided) != MPI_SUCCESS) FAIL(ST_INTERNAL, "MPI does not start");
    CHECK(arena_defer(a, part, result));
    MPI_Comm_rank(MPI_COMM_WORLD, &result->rank);
    MPI_Comm_size(MPI_COMM_WORLD, &result->ranks);
    return ST_OK;
}

status
dice_ranks_agree(const dice_ranks *r, status mine)
{
    int own = mine, worst = 0;
    if (r->ranks > 1) MPI_Allreduce(&own, &worst, 1, MPI_INT, MPI_MAX, MPI_COMM_WORLD);
    if (mine != ST_OK) return mine;
    if (worst != ST_OK) FAIL(ST_INTERNAL, "another rank failed: its message says why");
    return ST_OK;
}

/* Bands come in order: those of rank 0 from its own comparison, the others by message. */
typedef struct relay {
    const dice_ranks *r;
    dice_receive *receive;
    void *context;
    size_t next, bands; /* the band that is due, and how many there are */
} relay;

static status
send_band(void *context, size_t n, const dice_pair pairs[])
{
    (void)context;
    uint64_t count = n;
    MPI_Send(&count, 1, MPI_UINT64_T, 0, TAG_COUNT, MPI_COMM_WORLD);
    for (size_t at = 0; at < n; at += PORTION) {
        size_t part_n = n - at < PORTION ? n - at : PORTION;
        MPI_Send(pairs + at, (int)(part_n * sizeof *pairs), MPI_BYTE, 0, TAG_PAIRS, MPI_COMM_WORLD);
    }
    return ST_OK;
}

static status
receive_band(relay *w, int from)
{
    SCRATCH(tmp);
    uint64_t n;
    dice_pair *pairs;
    MPI_Recv(&n, 1, MPI_UINT64_T, from, TAG_COUNT, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    ALLOC(tmp, pairs, n + 1);
    for (uint64_t at = 0; at < n; at += PORTION) {
        uint64_t part_n = n - at < PORTION ? n - at : PORTION;
        MPI_Recv(pairs + at, (int)(part_n * sizeof *pairs), MPI_BYTE, from, TAG_PAIRS, MPI_COMM_WORLD, MPI_STATUS_IGNORE);
    }
    return w->receive(w->context, n, pairs);
}

static status
others_until_own(relay *w)
{
    for (; w->next < w->bands && w->next % (size_t)w->r->ranks; w->next++) CHECK(receive_band(w, (int)(w->next % (size_t)w->r->ranks)));
    return ST_OK;
}

static status
own_band(void *context, size_t n, const dice_pair pairs[])
{
    relay *w = context;
    CHECK(w->receive(w->context, n, pairs));
    w->next++;
    return others_until_own(w);
}

status
dice_ranks_compare(const dice_ranks *r, const dice_set *a, const dice_set *b, dice_threshold threshold, const dice_options *options,
                   dice_receive *receive, void *context)
{
    if (r->ranks < 2) return linkage_dice_compare(a, b, threshold, options, receive, context);
    dice_options o = options ? *options : (dice_options){0};
    o.band = RANK_BAND, o.rank = r->rank, o.ranks = r->ranks;
    relay w = {r, receive, context, 0, (a->n + RANK_BAND - 1) / RANK_BAND};
    status code = linkage_dice_compare(a, b, threshold, &o, r->rank ? send_band : own_band, &w);
    if (code == ST_OK) return ST_OK;
    log_note("rank %d: %s", r->rank, status_detail()); /* the others wait for what will not come */
    MPI_Abort(MPI_COMM_WORLD, 70);
    return code;
}

#else

status
dice_ranks_join(arena *a, dice_ranks *result)
{
    (void)a;
    *result = (dice_ranks){0, 1};
    return ST_OK;
}

status
dice_ranks_agree(const dice_ranks *r, status mine)
{
    (void)r;
    return mine;
}

status
dice_ranks_compare(const dice_ranks *r, const dice_set *a, const dice_set *b, dice_threshold threshold, const dice_options *options,
                   dice_receive *receive, void *context)
{
    (void)r;
    return linkage_dice_compare(a, b, threshold, options, receive, context);
}
#endif
