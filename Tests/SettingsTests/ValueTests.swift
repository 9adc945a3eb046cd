import Bulletin
import Foundation
import Testing

@testable import Settings

@Suite struct ValueTests {
    @Test(arguments: [
        "No", "~", "null", "0x10", "01612340567", "1e3", "2026-12-02", "true", "12:30:00", "1_000", ".inf", "<<", "=",
    ]) func aTextIsWhatWasWrittenWhateverYAMLMakesOfIt(_ text: String) throws {
        #expect(try read(least("bulletin", "phone: \(text)", "name: \(text)")).bulletin.phone == text)
        #expect(try read(least("bulletin", "name: \(text)")).bulletin.name == text)
    }

    @Test func aPostalAddressMayHaveLines() throws {
        let text = least.replacing("1 Example Street, Manchester M1 1AA", with: "|\n    1 Example Street\n    M1 1AA")
        #expect(try read(text).bulletin.postalAddress == "1 Example Street\nM1 1AA")
    }

    @Test func aSectionWhoseKeysAreAllCommentedOutIsAsThoughItWereNotWritten() throws {
        let configuration = try read(least + "check:\n  # readingAge: 9\nmailbox:\n  # url: x\neditors:\n")
        #expect(configuration.check.readingAge == 12)
        #expect(configuration.mailbox == nil)
        #expect(configuration.editors.isEmpty)
    }

    @Test(arguments: [
        ("bulletin@example.org", nil, "bulletin@example.org"),
        ("<bulletin@example.org>", nil, "bulletin@example.org"),
        ("Our News <bulletin@example.org>", "Our News", "bulletin@example.org"),
        ("'\"News, and \\\"more\\\"\" <bulletin@example.org>'", "News, and \"more\"", "bulletin@example.org"),
        ("Bücher <bulletin@bücher.example>", "Bücher", "bulletin@xn--bcher-kva.example"),
    ]) func fromHasANameOrNot(_ text: String, _ name: String?, _ address: String) throws {
        let configuration = try read(least("bulletin", "from: \(text)"))
        #expect(configuration.bulletin.from.name == name)
        #expect(configuration.masthead.from.wire == address)
        #expect(configuration.masthead.fromName == name ?? "Health eBulletin")
    }

    @Test(arguments: [
        ("smtp://relay.example.org", "smtp://relay.example.org:25"),
        ("SMTP://Relay.Example.org:587", "smtp://relay.example.org:587"),
        ("smtps://relay.example.org", "smtps://relay.example.org:465"),
        ("smtp://localhost:2525", "smtp://localhost:2525"),
        ("smtp://127.0.0.1:25", "smtp://127.0.0.1:25"), ("\"smtp://[::1]:25\"", "smtp://::1:25"),
        ("smtp://bücher.example", "smtp://xn--bcher-kva.example:25"), ("smtp://mailpit:1025", "smtp://mailpit:1025"),
    ]) func aRelayHasAHostAndAPort(_ url: String, _ relay: String) throws {
        #expect(try read(least("smtp", "url: \(url)")).relays().map(\.description) == [relay])
    }

    @Test(arguments: [
        "smtp://", "smtp://:25", "'smtp://relay.example.org:'", "smtp://relay.example.org:0",
        "smtp://relay.example.org:65536",
        "smtp://relay.example.org:25x", "smtp://relay.example.org/path", "smtp://relay.example.org?x",
        "http://relay.example.org",
        "smtp://rel ay.example.org", "smtp://127.1", "smtp://2130706433", "smtp://[::1", "smtp://::1", "smtp:/relay",
        "\"smtp://a\\r\\nb\"",
    ]) func aRelayThatIsNoneIsRefused(_ url: String) {
        let found = faults(least("smtp", "url: \(url)"))
        #expect(found.count == 1 && found[0].hasPrefix("fortnight.yaml:8:8: smtp.url: "), "\(found)")
    }

    @Test(arguments: [
        "localhost", "127.0.0.1", "127.9.9.9", "[::1]", "[0:0:0:0:0:0:0:1]", "[::ffff:127.0.0.1]", "LOCALHOST",
    ])
    func plainTextGoesToLoopback(_ host: String) throws {
        let configuration = try read(least("smtp", "url: \"smtp://\(host):25\"", "tls: none"))
        #expect(configuration.smtp[0].tls == .none)
    }

    @Test(arguments: ["127.0.0.1.example.org", "localhost.example.org", "128.0.0.1", "[::2]", "10.0.0.1", "localhosts"])
    func plainTextGoesNowhereElse(_ host: String) {
        #expect(
            faults(least("smtp", "url: \"smtp://\(host):25\"", "tls: none")).first?.contains("loopback only") == true)
    }

    @Test(arguments: [
        ("https://Bulletin.Example.org/", "https://bulletin.example.org"),
        ("https://a.example:8443", "https://a.example:8443"),
        ("https://a.example:443", "https://a.example"), ("http://127.0.0.1:8080/", "http://127.0.0.1:8080"),
        ("\"http://[::1]:8080\"", "http://[::1]:8080"), ("http://localhost", "http://localhost"),
    ]) func thePublicAddressHasNoSlashAtItsEnd(_ written: String, _ read: String) throws {
        #expect(try SettingsTests.read(least("web", "publicURL: \(written)")).web.publicURL == read)
    }

    @Test(arguments: [
        ("127.0.0.1:8080", "127.0.0.1:8080"), ("'[::1]:8080'", "[::1]:8080"), ("0.0.0.0:80", "0.0.0.0:80"),
    ])
    func aListenAddressHasAnIPAddressAndAPort(_ written: String, _ shown: String) throws {
        #expect(try read(least("web", "listen: \(written)")).web.listen.description == shown)
    }

    @Test(arguments: [
        "8080", ":8080", "localhost:8080", "127.0.0.1", "127.0.0.1:", "::1:8080", "'[127.0.0.1]:80'", "127.0.0.1:99999",
    ])
    func whatIsNoListenAddressIsRefused(_ written: String) {
        #expect(faults(least("web", "listen: \(written)")).count == 1)
    }

    @Test(arguments: ["mail.example.org", "'[192.0.2.1]'", "'[IPv6:2001:db8::1]'"]) func helloIsAFullName(
        _ hello: String
    ) throws {
        #expect(try read(least("smtp", "hello: \(hello)")).relays()[0].hello == hello.replacing("'", with: ""))
    }

    @Test(arguments: [
        "localhost", "mail", "localhost.localdomain", "a.localhost", "'[mail.example.org]'", "192.0.2.1", "'[::1]'",
    ])
    func helloIsNeverLocal(_ hello: String) {
        #expect(faults(least("smtp", "hello: \(hello)")).count == 1)
    }

    @Test(arguments: ["Europe/London", "America/St_Johns", "Pacific/Apia", "Antarctica/Troll", "UTC"])
    func aTimeZoneIsNamedInFull(_ name: String) throws {
        let zone = try read(least("schedule", "timezone: \(name)")).schedule.timezone
        #expect(
            zone.secondsFromGMT(for: Date(timeIntervalSince1970: 1_800_000_000))
                == TimeZone(identifier: name)?.secondsFromGMT(for: Date(timeIntervalSince1970: 1_800_000_000)))
    }

    @Test(arguments: ["BST", "EST", "GMT+1", "europe/london", "Europe/Nowhere", "+01:00", "/etc/localtime", "''"])
    func whatNamesNoOneZoneIsRefused(_ name: String) {
        #expect(faults(least("schedule", "timezone: \(name)")).count == 1)
    }

    @Test(arguments: ["02", "+2", "2.0", "0x2", "2_0", "２", "2 0", "99999999999999999999", "-1"])
    func aWholeNumberIsDigitsAlone(_ number: String) {
        #expect(faults(least("schedule", "everyWeeks: \(number)")).count == 1)
    }

    @Test func severalRelaysAreTriedInTheirOrder() throws {
        let text = least.replacing(
            "smtp:\n  url: smtp://relay.example.org:587",
            with: "smtp:\n  - url: smtp://a.example\n  - {url: smtp://b.example, connections: 9}")
        #expect(try read(text).relays().map(\.host) == ["a.example", "b.example"])
        #expect(try read(text).smtp.map(\.connections) == [4, 9])
        #expect(
            faults(least.replacing("smtp:\n  url: smtp://relay.example.org:587", with: "smtp: []")) == [
                "fortnight.yaml:7:7: smtp: is an empty list: write one at least"
            ])
    }

    @Test func theExceptionsReachTheCadence() throws {
        let cadence = try read(
            least(
                "schedule", "exceptions:", "- {date: 2026-12-30, skip: true}",
                "- {date: 2027-03-24, moveTo: 2027-03-25 10:00}")
        ).cadence
        #expect(cadence.slot(IssueNumber(3))?.skipped == true)
        #expect(cadence.slot(IssueNumber(9))?.sends == Date(rfc3339: "2027-03-25T10:00:00Z"))
    }
}
