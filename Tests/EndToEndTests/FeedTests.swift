import DevelopmentInbox
import Foundation
import TestSupport
import Testing

/// The feed and the calendar as independent programs read them.
@Suite("A feed reader", .wholePrograms)
struct FeedTests {
    private static let reader = """
        import sys, urllib.request, feedparser, icalendar
        base = sys.argv[1]
        def read(path): return urllib.request.urlopen(base + path, timeout=60).read()
        feed = feedparser.parse(read("/feed.atom"))
        assert not feed.bozo and feed.version == "atom10", (feed.bozo, feed.get("bozo_exception"))
        assert feed.feed.id and feed.feed.updated_parsed and feed.feed.author
        links = {link.rel: link.href for link in feed.feed.links}
        assert links == {"self": base + "/feed.atom", "alternate": base + "/issues/"}, links
        assert len({entry.id for entry in feed.entries}) == len(feed.entries) > 0
        for entry in feed.entries:
            assert entry.updated_parsed and entry.link.startswith(base + "/issues/")
            urllib.request.urlopen(entry.link, timeout=60)
            print("entry", entry.title, "|", entry.content[0].value)
        def events(path):
            calendar = icalendar.Calendar.from_ical(read(path))
            assert not calendar.errors and calendar["PRODID"] and calendar["VERSION"] == "2.0"
            found = calendar.walk("VEVENT")
            assert not any(event.errors for event in found)
            return found
        whole = events("/meetings.ics")
        assert len({str(event["UID"]) for event in whole}) == len(whole)
        for event in whole:
            assert "DTEND" not in event or event.decoded("DTEND") > event.decoded("DTSTART")
            print("event", event["SUMMARY"], event.decoded("DTSTART").isoformat())
            if "/issues/1#" in str(event.get("URL", "")):
                name = str(event["URL"]).split("#")[1]
                alone, = events(f"/items/{name}.ics")
                assert alone["UID"] == event["UID"] and alone["DTSTART"].dt == event["DTSTART"].dt
        """

    @Test("can read the feed of issues and the calendar of meetings")
    func feeds() async throws {
        try await withScratchFolder { scratch in
            try await InboxServer.with { inbox in
                let bulletin = try LivingBulletin(in: scratch, smtpPort: inbox.smtpPort)
                try await bulletin.queueNotice()
                try await bulletin.done(
                    "add", "event", "--title", "Soup & \u{201C}songs\u{201D}; bring a friend", "--starts", "+16d 13:30",
                    "--summary", "In the hall.", "--taking-part-phone", "0161 496 0456")
                try await bulletin.addReaders(1)
                let daemon = try await bulletin.daemon()
                try await bulletin.done("issue", "send-now", "1")
                try await bulletin.waitUntil("sent")
                let ending = try await ProgramRun.run(
                    "/usr/bin/python3", ["-c", Self.reader, "http://127.0.0.1:\(bulletin.webPort)"])
                #expect(ending.status == 0, "\(ending.errors)")
                #expect(ending.output.contains("entry Example eBulletin 1"))
                #expect(ending.output.contains("Tablets to borrow</a>"))
                #expect(ending.output.contains("event Soup & \u{201C}songs\u{201D}; bring a friend 20"))
                daemon.signal(SIGTERM)
                #expect(try await daemon.ended().status == 0)
            }
        }
    }
}
