import Basics
import Bulletin
import Foundation
import Testing

@testable import Intake

@Suite struct SubscriberRowsTests {
    private func reader(_ text: String) throws -> SubscriberRows {
        var rest: [UInt8]? = Array(text.utf8)
        return try SubscriberRows {
            defer { rest = nil }
            return rest
        }
    }

    private func rows(_ text: String) throws -> [SubscriberRow] {
        var reader = try reader(text)
        var rows: [SubscriberRow] = []
        while let row = try reader.next() { rows.append(row) }
        return rows
    }

    private func entries(_ text: String) throws -> [SubscriberEntry] {
        try rows(text).compactMap { if case .entry(let entry, _) = $0 { entry } else { nil } }
    }

    private func reasons(_ text: String) throws -> [String] {
        try rows(text).compactMap {
            if case .reject(let reason, let line, _) = $0 { "\(line): \(reason)" } else { nil }
        }
    }

    @Test(arguments: ["email,name", "name,E-mail", "Name;Email Address", "address\tname", "NAME,e_mail"])
    func theHeaderMayComeInAnyOrderAndUnderItsUsualNames(_ header: String) throws {
        let separator = header.contains(";") ? ";" : header.contains("\t") ? "\t" : ","
        let isNameFirst = header.lowercased().hasPrefix("name")
        let values = ["Ayesha Okoro", "ayesha@bücher.example"]
        let text = header + "\n" + (isNameFirst ? values : values.reversed()).joined(separator: separator)
        let entry = try #require(try entries(text).first)
        #expect(entry.name == "Ayesha Okoro")
        #expect(entry.address?.wire == "ayesha@xn--bcher-kva.example")
        #expect(entry.medium == .email)
        #expect(entry.status == nil)
        #expect(entry.consent() == Consent(how: .import, when: nil))
    }

    @Test func theNumberThatAnotherProgramGaveARowIsNobodysIdButADamagedIdOfOursIs() throws {
        #expect(try entries("id,email\n17,ann@example.org").map(\.id) == [nil])
        #expect(try reasons("id,email\nqqqqqqqqqqqqqqqqqqqqqqqqq,ann@example.org").count == 1)
        #expect(try reasons("id,name,status\n17,Ann,unsubscribed").count == 1)
    }

    @Test func whoDoesNotGetItHasNoConsentUnlessTheFileTellsOfOne() throws {
        let people = try entries(
            "email,status,consent.when\nann@example.org,unconfirmed,\nbob@example.org,unsubscribed,\n"
                + "cat@example.org,active,\ndan@example.org,unsubscribed,2026-03-04")
        #expect(people.map { $0.consent() != nil } == [false, false, true, true])
    }

    @Test func beforeAColumnForMailAnAddressIsPostal() throws {
        let entry = try #require(
            try entries("name,address,email\nSam,\"1 Low Road\nManchester\",sam@example.org").first)
        #expect(entry.post == "1 Low Road\nManchester")
        #expect(entry.address?.wire == "sam@example.org")
    }

    @Test(
        "no value that is written begins as a formula does, and import takes each back unchanged",
        arguments: [
            "=HYPERLINK(\"http://example.org\")", "+44 161", "-1+1", "@SUM(A1)", "'=1+1", "''+x", "\u{FF1D}1+1",
            "It's a =",
            "'Allo 'Allo", "'",
        ])
    func formulas(_ name: String) throws {
        let row = CSVLine.text(["=x@example.org", name, "+447700900123", "\t=1"])
        var rest: [UInt8]? = Array(row.utf8)
        var reader = CSVReader {
            defer { rest = nil }
            return rest
        }
        let fields = try #require(try reader.next()).fields
        for field in fields { #expect(!"=+-@\t\r\n\u{FF1D}".contains(field.prefix(1))) }
        #expect(fields.map(CSVLine.unguarded) == ["=x@example.org", name, "+447700900123", "\t=1"])
        let entry = try #require(try entries("address,name,phone,post\n" + row).first)
        #expect(entry.address?.wire == "=x@example.org")
        #expect(entry.name == name)
        #expect(entry.phone?.description == "+447700900123")
    }

    @Test func whatExportWritesIsTakenWhole() throws {
        let id = try #require(SubscriberID("aaaaaaaaaaaaaaaaaaaaaaaaaa"))
        let header = SubscriberColumn.allCases.map(\.rawValue)
        let text =
            CSVLine.text(header)
            + CSVLine.text([
                id.description, "", "+441614960000", "1 Low Road\nManchester", "Bo", "paused", "text", "post",
                "2026-01-01T00:00:00.000Z", "choice", "2027-01-31", "consent",
                "paper", "2026-01-02T03:04:05.000Z", "Yes, \"please\"", "sam",
            ]) + CSVLine.text([id.description, "", "", "", "", "forgotten"] + Array(repeating: "", count: 10))
        var expected = SubscriberEntry(medium: .post)
        expected.id = id
        expected.phone = PhoneNumber("0161 496 0000")
        (expected.post, expected.name) = ("1 Low Road\nManchester", "Bo")
        (expected.status, expected.format) = (.paused, .text)
        (expected.since, expected.reason) = (Date(rfc3339: "2026-01-01T00:00:00Z"), "choice")
        expected.pausedUntil = LocalDate("2027-01-31")
        (expected.basis, expected.how, expected.by) = (.consent, .paper, "sam")
        (expected.when, expected.wording) = (Date(rfc3339: "2026-01-02T03:04:05Z"), "Yes, \"please\"")
        var forgotten = SubscriberEntry(medium: .phone)
        (forgotten.id, forgotten.status) = (id, .forgotten)
        #expect(try entries(text) == [expected, forgotten])
    }

    @Test func aBadRowIsAReasonWithItsLineAndTheOthersAreTaken() throws {
        let text = """
            email,phone,name,medium,status,consent_when,post
            sam@example.org,,Sam,,,,

            nobody,,Bo,,,,
            ,12,Bo,,,,
            ,,Bo,,,,
            bo@example.org,,Bo,post,,,
            bo@example.org,,Bo,pigeon,,,
            bo@example.org,,Bo,,gone,04/03/2021,
            "bo@example.org",,"Bo\u{7}",,,,
            "bo@example.org>\r\nRCPT TO:<x@example.org",,Bo,,,,
            bo@example.org,,"Bo\u{202E}",,,,
            bo@example.org,,Bo,,,,,extra
            ,,,,,,
            ,0161 496 0001,Di,,,,
            """
        #expect(try entries(text).map { $0.name ?? "" } == ["Sam", "Di"])
        #expect(
            try reasons(text) == [
                "4: nobody has no @: write it as name@example.org",
                "5: phone: 12 is not a telephone number; write it as 0161 496 0000 or +44 161 496 0000",
                "6: has no email address, telephone number or postal address; give one",
                "7: wants the bulletin by post and has no post; give it, or change the medium",
                "8: medium: pigeon is not one of email, post, phone",
                "9: status: gone is not one of active, unconfirmed, paused, unsubscribed, bounced, complained, forgotten, "
                    + "moved; consent.when: 04/03/2021 is not a date; write it as 2026-03-04, or with the time as in "
                    + "RFC 3339",
                "10: name: has a control character (U+0007) in it; take it out",
                "11: bo@example.org>??RCPT TO:<x@example.org has a character before the @ that is not allowed in an address",
                "13: name: has a character that turns the direction of reading (U+202E) in it; take it out",
                "14: has 8 values, and the header names 7; put values with commas in quotation marks",
            ])
    }

    @Test func columnsThatAreNotKnownAreNotedAndPassedOver() throws {
        let reader = try reader("email,Town,name,\n")
        #expect(
            reader.notes.map(\.description) == ["line 1: Town: this column is unknown and was ignored"])
    }

    @Test(
        "a column of another program that says who left is heeded, whatever else the row says",
        arguments: [
            ("unsubscribed", "no", "yes", SubscriberStatus.unsubscribed),
            ("Unsubscribed at", "", "2024-05-06 07:08:09", .unsubscribed),
            ("opt-out date", "", "06/05/2024", .unsubscribed),
            ("Unsubscribe reason", "", "too much mail", .unsubscribed),
            ("bounced", "0", "1", .bounced), ("Hard Bounce", "False", "True", .bounced),
            ("is_blacklisted", "n", "Y", .unsubscribed), ("blocklist", "0", "1", .unsubscribed),
            ("Do not email", "", "x", .unsubscribed), ("suppressed", "false", "true", .unsubscribed),
            ("spam complaint", "no", "yes", .complained), ("subscribed", "yes", "no", .unsubscribed),
            ("active", "1", "0", .unsubscribed), ("confirmed", "1", "0", .unconfirmed),
            ("Email status", "Subscribed", "Unsubscribed", .unsubscribed),
            ("subscription_status", "active", "bounced", .bounced), ("Member Status", "active", "cleaned", .bounced),
            ("status", "subscribed", "opted out", .unsubscribed), ("status", "enabled", "blocklisted", .unsubscribed),
        ])
    func status(_ heading: String, _ here: String, _ gone: String, _ status: SubscriberStatus) throws {
        let entries = try entries("E-mail,\(heading)\nann@example.org,\(here)\nbob@example.org,\(gone)\n")
        #expect(entries.count == 2)
        #expect(entries.first?.status ?? .active == .active && entries.last?.status == status)
    }

    @Test func theGravestOfSeveralMarksHoldsAndItsDateIsKept() throws {
        let entries = try entries(
            """
            email,status,bounced,unsubscribed,Opt-in
            ann@example.org,active,1,2024-05-06,yes
            bob@example.org,unsubscribed,1,,yes
            cat@example.org,active,,,2020-01-01
            """)
        #expect(entries.map(\.status) == [.unsubscribed, .unsubscribed, .active])
        #expect(entries.first?.since == Date(rfc3339: "2024-05-06T00:00:00Z"))
    }

    @Test func phpListsTableIsHeededUnderItsOwnHeadings() throws {
        let entries = try entries(
            """
            id,E-mail,confirmed,blacklisted,bouncecount,entered
            ,ann@example.org,1,0,3,2019-03-04
            ,bob@example.org,1,1,0,2019-03-04
            ,cat@example.org,0,0,0,2019-03-04
            """)
        #expect(entries.map { $0.status ?? .active } == [.active, .unsubscribed, .unconfirmed])
    }

    @Test func aMarkThatIsNotUnderstoodIsNobodysConsent() throws {
        #expect(
            try reasons("email,unsubscribed\nann@example.org,perhaps\n") == [
                "2: unsubscribed: perhaps may mean that they left; write yes, no or the date, or remove the column if it "
                    + "says something else"
            ])
        #expect(try reasons("email,marital status\nann@example.org,widowed\n").count == 1)
    }

    @Test(arguments: ["disabled", "Removed", "Left on", "inactive"])
    func aHeadingThatMayMeanThatTheyLeftIsRefused(_ heading: String) {
        do {
            _ = try reader("email,\(heading)\nann@example.org,1\n")
            Issue.record("the header was taken")
        } catch {
            #expect(
                "\(error)"
                    == "line 1: \(heading): this column may say who left, and nobody who left may be added again; name "
                    + "it unsubscribed, with yes or no in each row, or remove it if it says something else")
        }
    }

    @Test(arguments: ["Unsubscribe link", "bounce rate", "Town", "Tags"])
    func aHeadingThatSaysNothingOfTheKindIsPassedOver(_ heading: String) throws {
        #expect(try reader("email,\(heading)\n").notes.count == 1)
    }

    @Test(arguments: [
        ("", "the file is empty"),
        (
            "name,town\nSam,Leeds",
            "line 1: the header names none of email, phone, post; name the columns in the first line, such as email,name"
        ),
        (
            "sam@example.org,Sam\n",
            "line 1: the first line is a person, not a header; put a line above it that names the columns, such as "
                + "email,name"
        ),
        ("email,name,mail\n", "line 1: mail: a second column for the same; keep one of them"),
        ("\"email\n", "line 1 has an opening quotation mark without a closing one; add it"),
    ])
    func aHeaderThatCannotBeUsedIsRefused(_ text: String, _ message: String) {
        do {
            _ = try reader(text)
            Issue.record("the header was taken")
        } catch {
            #expect("\(error)" == message)
        }
    }
}
