// The yardstick of deploy/bench: the same messages, sent through libcurl's upload interface by one thread and a multi
// handle, as in its documentation. Usage: upload PORT CONNECTIONS MESSAGES BYTES
#include <curl/curl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct slot {
    CURL *handle;
    struct curl_slist *recipients;
    char *message;
    size_t length, given;
};

static char *body;
static size_t body_length;
static long started, messages;

static size_t give(char *to, size_t size, size_t count, void *context) {
    struct slot *slot = context;
    size_t left = slot->length - slot->given;
    size_t most = size * count;
    if (left > most) left = most;
    memcpy(to, slot->message + slot->given, left);
    slot->given += left;
    return left;
}

static void prepare(struct slot *slot, const char *url) {
    char address[64], sender[64];
    long number = started++;
    snprintf(address, sizeof address, "<reader%ld@example.org>", number);
    snprintf(sender, sizeof sender, "<bounces+0001.%ld@example.org>", number);
    int head = sprintf(slot->message,
                       "From: bulletin@example.org\r\nTo: %s\r\nSubject: Bulletin\r\nMessage-ID: <%ld@example.org>\r\n\r\n",
                       address, number);
    memcpy(slot->message + head, body, body_length);
    slot->length = head + body_length;
    slot->given = 0;
    curl_slist_free_all(slot->recipients);
    slot->recipients = curl_slist_append(NULL, address);
    curl_easy_setopt(slot->handle, CURLOPT_URL, url);
    curl_easy_setopt(slot->handle, CURLOPT_PROXY, "");
    curl_easy_setopt(slot->handle, CURLOPT_MAIL_FROM, sender);
    curl_easy_setopt(slot->handle, CURLOPT_MAIL_RCPT, slot->recipients);
    curl_easy_setopt(slot->handle, CURLOPT_UPLOAD, 1L);
    curl_easy_setopt(slot->handle, CURLOPT_READFUNCTION, give);
    curl_easy_setopt(slot->handle, CURLOPT_READDATA, slot);
    curl_easy_setopt(slot->handle, CURLOPT_PRIVATE, slot);
    curl_easy_setopt(slot->handle, CURLOPT_NOSIGNAL, 1L);
}

int main(int count, char **arguments) {
    if (count != 5) {
        fprintf(stderr, "usage: upload PORT CONNECTIONS MESSAGES BYTES\n");
        return 64;
    }
    int connections = atoi(arguments[2]);
    messages = atol(arguments[3]);
    body_length = strtoul(arguments[4], NULL, 10);
    char url[64];
    snprintf(url, sizeof url, "smtp://127.0.0.1:%s/bench.example.org", arguments[1]);
    body = malloc(body_length + 1);
    for (size_t at = 0; at < body_length; at++) body[at] = at % 78 == 76 ? '\r' : at % 78 == 77 ? '\n' : 'x';
    if (body_length >= 2) memcpy(body + body_length - 2, "\r\n", 2);

    curl_global_init(CURL_GLOBAL_ALL);
    CURLM *multi = curl_multi_init();
    curl_multi_setopt(multi, CURLMOPT_MAXCONNECTS, (long)connections);
    struct slot *slots = calloc(connections, sizeof *slots);
    for (int at = 0; at < connections && started < messages; at++) {
        slots[at].handle = curl_easy_init();
        slots[at].message = malloc(body_length + 1024);
        prepare(&slots[at], url);
        curl_multi_add_handle(multi, slots[at].handle);
    }
    long done = 0, failed = 0;
    int running = 1;
    while (done < messages) {
        if (curl_multi_perform(multi, &running) != CURLM_OK) return 1;
        CURLMsg *event;
        int left;
        while ((event = curl_multi_info_read(multi, &left))) {
            if (event->msg != CURLMSG_DONE) continue;
            CURL *handle = event->easy_handle;
            struct slot *slot;
            done++;
            if (event->data.result != CURLE_OK) failed++;
            curl_easy_getinfo(handle, CURLINFO_PRIVATE, (char **)&slot);
            curl_multi_remove_handle(multi, handle);
            if (started < messages) {
                prepare(slot, url);
                curl_multi_add_handle(multi, handle);
            }
        }
        if (done < messages) curl_multi_poll(multi, NULL, 0, 1000, NULL);
    }
    if (failed) fprintf(stderr, "upload: %ld of %ld messages failed\n", failed, messages);
    return failed != 0;
}
