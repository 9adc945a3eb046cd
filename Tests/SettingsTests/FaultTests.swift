import Foundation
import Testing

@testable import Settings

/// What people see when a configuration is wrong, word for word.
@Suite struct FaultTests {
    static let wrong: [(String, String)] = [
        (
            least("schedule", "everyWeek: 2"),
            "fortnight.yaml:6:3: \"everyWeek\" is no key of schedule: did you mean \"everyWeeks\"?"
        ),
        (
            least("smtp", "replyTo: a@example.org"),
            "fortnight.yaml:8:3: \"replyTo\" is no key of smtp: it belongs under \"bulletin\""
        ),
        (
            least("privacy", "cookies: none"),
            "fortnight.yaml:12:3: \"cookies\" is no key of privacy: its keys are keepUnsubscribed"
        ),
        (
            least + "Editors: []\n",
            """
            fortnight.yaml:11:1: "Editors" is no key of this file: did you mean "editors"?
            """
        ),
        (
            least("web", "<<: x"),
            "fortnight.yaml:10:3: \"<<\" is no key of web: merge keys are not read; write the keys out"
        ),
        (
            least("schedule", "everyWeeks: 2", "everyWeeks: 3"),
            "fortnight.yaml:7:3: \"everyWeeks\" is repeated, it stands on line 6 already: keep one of them"
        ),
        (
            least("schedule", "everyWeeks: two"),
            """
            fortnight.yaml:6:15: schedule.everyWeeks: "two" is not a whole number: write a whole \
            number from 1 to 52 (weeks)
            """
        ),
        (
            least("schedule", "everyWeeks: 0"),
            """
            fortnight.yaml:6:15: schedule.everyWeeks: "0" is out of bounds: write a whole number \
            from 1 to 52 (weeks)
            """
        ),
        (
            least("schedule", "everyWeeks: [2]"),
            """
            fortnight.yaml:6:15: schedule.everyWeeks: is a list, not a single value: write a whole \
            number from 1 to 52 (weeks)
            """
        ),
        (
            least("schedule", "everyWeeks:"),
            """
            fortnight.yaml:6:14: schedule.everyWeeks: has no value: write a whole number from 1 to \
            52 (weeks), or remove the line
            """
        ),
        (
            least("schedule", "release: aproval"),
            """
            fortnight.yaml:6:12: schedule.release: "aproval" is not one of automatic or approval: \
            did you mean "approval"?
            """
        ),
        (
            least("schedule", "latest: 12"),
            """
            fortnight.yaml:6:11: schedule.latest: "12" is not a duration: write a duration from 1m \
            to 14d, such as 30s, 15m, 12h or 2d
            """
        ),
        (
            least("schedule", "timezone: BST"),
            """
            fortnight.yaml:6:13: schedule.timezone: "BST" is no time zone: write its full name, \
            such as Europe/London (abbreviations mean several)
            """
        ),
        (
            least("schedule", "timezone: Europe/Londn"),
            "fortnight.yaml:6:13: schedule.timezone: \"Europe/Londn\" is no time zone: did you mean Europe/London?"
        ),
        (
            least("schedule", "timezone: London"),
            "fortnight.yaml:6:13: schedule.timezone: \"London\" is no time zone: did you mean Europe/London?"
        ),
        (
            least("schedule", "first: 2026-12-02"),
            """
            fortnight.yaml:6:10: schedule.first: "2026-12-02" is not a date and time: write both, \
            such as 2026-12-02 10:00
            """
        ),
        (
            least("bulletin", "replyTo: editor"),
            "fortnight.yaml:2:12: bulletin.replyTo: \"editor\" has no @: write it as name@example.org"
        ),
        (
            least("bulletin", "from: Two <a@example.org>, <b@example.org>"),
            """
            fortnight.yaml:2:9: bulletin.from: "Two <a@example.org>, <b@example.org>" has more than \
            one address: write one name and one address
            """
        ),
        (
            least("bulletin", "name: \"Health\\r\\nBcc: a@example.org\""),
            """
            fortnight.yaml:2:9: bulletin.name: "Health��Bcc: a@example.org" holds the hidden \
            character U+D: remove it
            """
        ),
        (
            least("smtp", "tls: none"),
            """
            fortnight.yaml:8:8: smtp.tls: none is for loopback only, and relay.example.org is \
            another host: write required
            """
        ),
        (
            least("smtp", "tls: opportunistic", "username: bulletin", "passwordFile: secret"),
            """
            fortnight.yaml:8:8: smtp.tls: opportunistic could send the password to \
            relay.example.org in the clear: write required
            """
        ),
        (
            least("smtp", "url: smtps://relay.example.org", "tls: opportunistic"),
            "fortnight.yaml:9:8: smtp.tls: opportunistic does not go with smtps://, which is always TLS: remove it"
        ),
        (
            least("smtp", "username: bulletin"),
            "fortnight.yaml:8:13: smtp.passwordFile is missing: write both username and passwordFile, or neither"
        ),
        (
            least("smtp", "url: smtp://bulletin:hunter2@relay.example.org"),
            """
            fortnight.yaml:8:8: smtp.url: holds a user name: write that as username, and the \
            password in a passwordFile
            """
        ),
        (
            least("smtp", "url: relay.example.org"),
            "fortnight.yaml:8:8: smtp.url: \"relay.example.org\" is not a URL: begin it with smtp://, smtps://"
        ),
        (
            least("smtp", "hello: localhost"),
            """
            fortnight.yaml:8:10: smtp.hello: "localhost" is not a full domain name: write one such \
            as mail.example.org
            """
        ),
        (
            least("web", "publicURL: http://bulletin.example.org"),
            """
            fortnight.yaml:10:14: web.publicURL: "http://bulletin.example.org" is not encrypted: \
            write https:// (http:// is for loopback alone)
            """
        ),
        (
            least("web", "publicURL: https://example.org/news?a=1"),
            """
            fortnight.yaml:10:14: web.publicURL: "https://example.org/news?a=1" has something after \
            the host and port: write https://HOST:PORT and no more
            """
        ),
        (
            least("operations", "listen: 0.0.0.0:9190"),
            """
            fortnight.yaml:12:11: operations.listen: "0.0.0.0:9190" can be reached from outside: \
            write a loopback or private address: 127.0.0.1:9190
            """
        ),
        (
            least("delivery", "returnAddress: everything-that-comes-back@example.org"),
            """
            fortnight.yaml:12:18: delivery.returnAddress: "everything-that-comes-back@example.org" \
            has more than 18 bytes before the @, where each subscriber's seal goes: write a short \
            one, such as bounces@example.org
            """
        ),
        (
            least("bulletin", "from: the-fortnightly-bulletin@example.org"),
            """
            fortnight.yaml:2:9: delivery.returnAddress is missing, and \
            "the-fortnightly-bulletin@example.org" of bulletin.from cannot stand in, for it has \
            more than 18 bytes before the @: write one such as bounces@example.org
            """
        ),
        (
            least("delivery", "retry: {first: 5h, most: 4h}"),
            """
            fortnight.yaml:12:18: delivery.retry.first: is longer than delivery.retry.most: make it \
            shorter, or that longer
            """
        ),
        (
            least("mailbox", "url: imaps://mail.example.org/INBOX", "username: bounces"),
            "fortnight.yaml:12:8: mailbox.passwordFile is missing: imaps://mail.example.org/INBOX asks who we are"
        ),
        (
            least("dkim", "domain: example.org", "keyFile: k"),
            "fortnight.yaml:12:3: dkim.selector is missing: write a selector, such as fortnight"
        ),
    ]

    @Test(arguments: wrong) func aFaultNamesThePlaceTheThingAndTheRemedy(_ text: String, _ message: String) {
        #expect(faults(text) == [message])
    }

    @Test func everyRequiredKeyThatIsMissingIsNamed() {
        #expect(
            faults("bulletin:\n  language: cy\n") == [
                "fortnight.yaml:2:3: bulletin.name is missing: write the bulletin's name",
                """
                fortnight.yaml:2:3: bulletin.from is missing: write a name and an address, such as \
                Our eBulletin <bulletin@example.org>
                """,
                "fortnight.yaml:2:3: bulletin.postalAddress is missing: write a postal address",
                "fortnight.yaml: schedule.first is missing: write a date and time such as 2026-12-02 10:00",
                """
                fortnight.yaml: smtp.url is missing: write a relay, such as \
                smtp://relay.example.org:587 or smtps://relay.example.org
                """,
                """
                fortnight.yaml: web.publicURL is missing: write the public address of the pages, \
                such as https://bulletin.example.org
                """,
            ])
    }

    @Test(arguments: [
        "",
        """
        # nothing yet\n
        """, "---\n", "\u{FEFF}",
    ]) func anEmptyFileLacksWhatIsRequired(_ text: String) {
        #expect(faults(text).count == 6)
    }

    @Test func allFaultsAreSaidAtOnceInTheOrderOfTheFile() {
        let text = least("schedule", "everyWeeks: x", "release: never") + "web2: 1\n"
        let places = faults(text).compactMap { $0.split(separator: ": ").first }
        #expect(places == ["fortnight.yaml:6:15", "fortnight.yaml:7:12", "fortnight.yaml:13:1"])
    }

    @Test(arguments: [
        ("[a, b]", "fortnight.yaml:1:1: : is a list, not a section"),
        ("bulletin", "fortnight.yaml:1:1: : is a single value, not a section"),
    ]) func aFileThatIsNoSectionIsRefused(_ text: String, _ beginning: String) {
        let found = faults(text)
        #expect(found.count == 1)
        #expect(found[0].hasPrefix(beginning.replacing(": : ", with: ": this file: ")), "\(found)")
    }
}

@Suite struct ExceptionFaultTests {
    @Test(arguments: [
        (
            "{date: 2026-12-29, skip: true}",
            ":7:14: schedule.exceptions: 2026-12-29 is no date of an issue: the nearest is 2026-12-30 (issue 3)"
        ),
        (
            "{date: 2026-12-30}",
            """
            :7:14: schedule.exceptions: 2026-12-30 says nothing: write "skip: true", or "moveTo:" \
            with a date and time
            """
        ),
        (
            "{date: 2026-12-30, skip: true, moveTo: 2026-12-31 10:00}",
            ":7:14: schedule.exceptions: 2026-12-30 is both skipped and moved: remove skip or moveTo"
        ),
        (
            "{date: 2026-12-30, moveTo: 2027-01-13 10:00}",
            """
            :7:14: schedule.exceptions: 2026-12-30 is moved to 2027-01-13T10:00, not before issue 4 \
            (2027-01-13T10:00): choose an earlier time
            """
        ),
        (
            "{date: 2026-12-30, skip: yes}",
            """
            :7:32: schedule.exceptions.skip: "yes" is neither: write true or false
            """
        ),
        ("{skip: true}", ":7:7: schedule.exceptions.date is missing: write a date such as 2026-12-30"),
    ]) func anExceptionThatCannotBeIsRefused(_ exception: String, _ message: String) {
        #expect(faults(least("schedule", "exceptions:", "  - \(exception)")) == ["fortnight.yaml" + message])
    }

    @Test func twoExceptionsOfOneDateAreRefusedWhereTheSecondStands() {
        let text = least(
            "schedule", "exceptions:", "- {date: 2026-12-30, skip: true}", "- {date: 2026-12-30, skip: true}")
        #expect(
            faults(text) == [
                "fortnight.yaml:8:12: schedule.exceptions: 2026-12-30 has an exception already: keep one of them"
            ])
    }
}
