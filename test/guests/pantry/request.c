/* Requests are text such as {name:"plum17",bring:[3,[4,[5,[6]]]],note:"ripe"}. */
#include "bits.h"
#include "pantry.h"
#include "xen.h"

static const char *const foods[] = { "plum", "barley", "honey", "walnut", "thyme", "quince", "lentil", "rye" };
static const char *const notes[] = { "ripe and sweet", "from the cellar", "mind the jar", "as soon as there is rain" };

static inline char *append(char *to, const char *text)
{
    while (*text)
        *to++ = *text++;
    return to;
}

static inline char *append_number(char *to, uint32_t number)
{
    if (number >= 10)
        *to++ = '0' + number / 10 % 10;
    *to++ = '0' + number % 10;
    return to;
}

static char *append_list(char *to, uint64_t *noise, int depth)
{
    *to++ = '[';
    to = append_number(to, next_random(noise) % 100);
    if (depth > 0) {
        *to++ = ',';
        to = append_list(to, noise, depth - 1);
    }
    *to++ = ']';
    return to;
}

noinline void write_request(char *text, uint64_t *noise)
{
    text = append(text, "{name:\"");
    text = append(text, foods[next_random(noise) % 8]);
    text = append_number(text, next_random(noise) % 100);
    text = append(text, "\",bring:");
    text = append_list(text, noise, 4 + next_random(noise) % 12);
    text = append(text, ",note:\"");
    text = append(text, notes[next_random(noise) % 4]);
    text = append(text, "\"}");
    *text = 0;
}

/* A recursive-descent parser; its input is our own. */
struct parser {
    const char *at;
    struct request *request;
    int depth;
};

static inline void skip(struct parser *parser, char expected)
{
    if (*parser->at == expected)
        parser->at++;
}

static inline uint64_t parse_number(struct parser *parser)
{
    uint64_t number = 0;
    while (*parser->at >= '0' && *parser->at <= '9')
        number = number * 10 + (*parser->at++ - '0');
    return number;
}

static noinline void parse_string(struct parser *parser, char *to, size_t size)
{
    size_t length = 0;
    skip(parser, '"');
    for (; *parser->at && *parser->at != '"'; parser->at++)
        if (length + 1 < size)
            to[length++] = *parser->at;
    to[length] = 0;
    skip(parser, '"');
}

static uint64_t parse_value(struct parser *parser);

static noinline uint64_t parse_list(struct parser *parser)
{
    uint64_t sum = 0;
    if (++parser->depth > parser->request->depth)
        parser->request->depth = parser->depth;
    for (skip(parser, '['); *parser->at && *parser->at != ']'; skip(parser, ','))
        sum += parse_value(parser);
    skip(parser, ']');
    parser->depth--;
    return sum;
}

static noinline void parse_object(struct parser *parser)
{
    char ignored[TEXT_BYTES];
    for (skip(parser, '{'); *parser->at && *parser->at != '}'; skip(parser, ',')) {
        char field = *parser->at;
        while (*parser->at && *parser->at != ':')
            parser->at++;
        skip(parser, ':');
        if (field == 'n' && parser->request->name[0] == 0)
            parse_string(parser, parser->request->name, NAME_BYTES);
        else if (*parser->at == '"')
            parse_string(parser, ignored, sizeof ignored);
        else
            parser->request->amount += parse_value(parser);
    }
    skip(parser, '}');
}

static noinline uint64_t parse_value(struct parser *parser)
{
    return *parser->at == '[' ? parse_list(parser) : parse_number(parser);
}

noinline void parse_request(const char *text, struct request *request)
{
    struct parser parser = { .at = text, .request = request };
    *request = (struct request){ 0 };
    parse_object(&parser);
}
