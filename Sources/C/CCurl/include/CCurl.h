// The parts of libcurl that Swift cannot call itself: curl_easy_setopt and curl_easy_getinfo are variadic. One function
// for each kind of argument; everything else is curl.h as it is.
#ifndef FORTNIGHT_CCURL_H
#define FORTNIGHT_CCURL_H

// The macros that check the arguments' types need a constant option; here it is a parameter.
#define CURL_DISABLE_TYPECHECK
#include <curl/curl.h>

typedef size_t (*fortnight_curl_header)(char *bytes, size_t size, size_t count, void *context);
typedef int (*fortnight_curl_progress)(void *context, curl_off_t down, curl_off_t had, curl_off_t up, curl_off_t sent);

static inline CURLcode fortnight_curl_set_long(CURL *handle, CURLoption option, long value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode fortnight_curl_set_text(CURL *handle, CURLoption option, const char *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode fortnight_curl_set_pointer(CURL *handle, CURLoption option, void *value) {
    return curl_easy_setopt(handle, option, value);
}

static inline CURLcode fortnight_curl_set_header(CURL *handle, fortnight_curl_header function, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_HEADERFUNCTION, function);
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_HEADERDATA, context);
}

static inline CURLcode fortnight_curl_set_writer(CURL *handle, fortnight_curl_header function, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, function);
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_WRITEDATA, context);
}

static inline CURLcode fortnight_curl_set_progress(CURL *handle, fortnight_curl_progress function, void *context) {
    CURLcode code = curl_easy_setopt(handle, CURLOPT_XFERINFOFUNCTION, function);
    if (code == CURLE_OK) code = curl_easy_setopt(handle, CURLOPT_XFERINFODATA, context);
    return code != CURLE_OK ? code : curl_easy_setopt(handle, CURLOPT_NOPROGRESS, 0L);
}

static inline CURLcode fortnight_curl_get_long(CURL *handle, CURLINFO info, long *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode fortnight_curl_get_offset(CURL *handle, CURLINFO info, curl_off_t *value) {
    return curl_easy_getinfo(handle, info, value);
}

static inline CURLcode fortnight_curl_get_socket(CURL *handle, curl_socket_t *value) {
    return curl_easy_getinfo(handle, CURLINFO_ACTIVESOCKET, value);
}

static inline CURLcode fortnight_curl_get_certificates(CURL *handle, struct curl_certinfo **value) {
    return curl_easy_getinfo(handle, CURLINFO_CERTINFO, value);
}

static inline CURLcode fortnight_curl_set_body(CURL *handle, fortnight_curl_header function) {
    return curl_easy_setopt(handle, CURLOPT_WRITEFUNCTION, function);
}

// A macro with a cast, which Swift does not import.
static const long fortnight_curl_global_all = CURL_GLOBAL_ALL;

#endif
