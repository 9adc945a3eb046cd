import Basics
import Bulletin
import Foundation
import Testing

@testable import Intake

@Suite("The exports of other systems")
struct ForeignExportTests {
    private func read(_ text: String) throws -> (system: String?, people: [SubscriberEntry], rejects: [String]) {
        var chunks = [Array(text.utf8)]
        var rows = try SubscriberRows { chunks.isEmpty ? nil : chunks.removeFirst() }
        var people: [SubscriberEntry] = []
        var rejects: [String] = []
        while let row = try rows.next() {
            switch row {
            case .entry(let entry, _): people.append(entry)
            case .reject(let reason, _, _): rejects.append(reason)
            }
        }
        return (rows.foreign?.system.rawValue, people, rejects)
    }

    private func time(_ text: String) -> Date? { Date(rfc3339: text) }

    @Test("Mailchimp's subscribed, unsubscribed and cleaned members")
    func mailchimp() throws {
        let subscribed = try read(
            #"""
            "Email Address","First Name","Last Name",Topics,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,CONFIRM_IP,LATITUDE,\#
            LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,LAST_CHANGED,LEID,EUID,NOTES,TAGS
            ann@example.org,Ann,Example,"INDIE\, OTHER",2,"2018-10-11 09:55:14",192.0.2.1,"2018-10-11 09:56:00",192.0.2.1,,,,,,,,"2019-01-01 \#
            00:00:00",1,e1,,"""VIP"",""Blog"""
            bob@example.org,,,,2,"2017-01-02 03:04:05",,,,,,,,,,,,2,e2,,
            not-an-address,,,,2,,,,,,,,,,,,,3,e3,,
            """#)
        #expect(subscribed.system == "Mailchimp" && subscribed.rejects.count == 1)
        let ann = try #require(subscribed.people.first)
        #expect(ann.name == "Ann Example" && ann.status == nil && ann.how == .web && ann.by == "Mailchimp")
        #expect(ann.when == time("2018-10-11T09:56:00Z"))
        #expect(subscribed.people[1].when == time("2017-01-02T03:04:05Z") && subscribed.people[1].name == nil)

        let left = try read(
            """
            "Email Address","First Name","Last Name",MEMBER_RATING,OPTIN_TIME,UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,\
            UNSUB_REASON,UNSUB_REASON_OTHER,LEID,EUID,NOTES,TAGS
            ann@example.org,Ann,Example,2,"2018-10-11 09:55:14","2020-05-06 07:08:09",,,"No longer interested",,1,e1,,
            """)
        #expect(left.people.first?.status == .unsubscribed && left.people.first?.since == time("2020-05-06T07:08:09Z"))
        #expect(left.people.first?.reason == "Mailchimp: No longer interested")
        let cleaned = try read(
            "Email Address,First Name,Last Name,CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,LEID,EUID\nann@example.org,,,2020-05-06 07:08:09,x,1,e"
        )
        #expect(cleaned.people.first?.status == .bounced && cleaned.people.first?.since == time("2020-05-06T07:08:09Z"))
    }

    @Test("Mailchimp's other files are asked for by the file of the subscribed alone")
    func caution() throws {
        func caution(_ header: String) -> String? {
            ForeignExport(header: header.components(separatedBy: ","))?.caution
        }
        #expect(caution("Email Address,OPTIN_TIME,LEID") != nil)
        #expect(caution("Email Address,OPTIN_TIME,UNSUB_TIME,LEID") == nil)
        #expect(caution("Email Address,OPTIN_TIME,CLEAN_TIME,LEID") == nil)
        #expect(caution("id,Email,Entered,List Membership")?.contains("blacklisted") == true)
        #expect(caution("id,Email,Is this subscriber blacklisted,List Membership") == nil)
    }

    @Test("listmonk's subscribers, of whom the blocked ones are gone")
    func listmonk() throws {
        let result = try read(
            """
            uuid,email,name,attributes,status,created_at,updated_at
            1f,ann@example.org,Ann,"{""city"": ""Leeds""}",enabled,2021-02-03T04:05:06.123456Z,2021-02-03T04:05:06Z
            2f,bob@example.org,Bob,{},blocklisted,2021-02-03 04:05:06.123456+00:00,2022-02-03T04:05:06Z
            3f,eve@example.org,Eve,{},disabled,,
            """)
        #expect(result.system == "listmonk" && result.rejects.isEmpty)
        #expect(result.people.map(\.status) == [nil, .unsubscribed, .unsubscribed])
        #expect(result.people[0].when == time("2021-02-03T04:05:06Z") && result.people[0].name == "Ann")
        #expect(result.people[1].since == time("2022-02-03T04:05:06Z"))
    }

    @Test("phpList's subscribers, by tabs or commas: blacklisted, disabled, not confirmed, text only")
    func phpList() throws {
        let header = [
            "id", "Email", "Is this user confirmed", "Is this user blacklisted", "Did this user manually confirm",
            "Number of bounces on this user", "Entered", "Last Modified", "Send this user HTML emails",
            "Is this account disabled?", "Name", "List Membership",
        ]
        let rows = [
            [
                "1", "ann@example.org", "1", "0", "1", "0", "2019-03-04 05:06:07", "2020-01-01 00:00:00", "1", "0",
                "Ann", "News ",
            ],
            [
                "2", "bob@example.org", "1", "1", "1", "0", "2019-03-04 05:06:07", "2020-01-01 00:00:00", "1", "0",
                "Bob", "News ",
            ],
            [
                "3", "cat@example.org", "0", "0", "0", "0", "2019-03-04 05:06:07", "2020-01-01 00:00:00", "0", "0", "",
                "News ",
            ],
            [
                "4", "dan@example.org", "1", "0", "1", "9", "2019-03-04 05:06:07", "2020-01-01 00:00:00", "1", "1", "",
                "No Lists",
            ],
        ]
        for separator in ["\t", ","] {
            let text = ([header] + rows).map { $0.joined(separator: separator) }.joined(separator: "\n")
            let result = try read(text)
            #expect(result.system == "phpList" && result.rejects.isEmpty)
            #expect(result.people.map(\.status) == [nil, .unsubscribed, .unconfirmed, .unsubscribed])
            #expect(result.people[0].when == time("2019-03-04T05:06:07Z") && result.people[0].name == "Ann")
            #expect(result.people[1].since == time("2020-01-01T00:00:00Z"))
            #expect(result.people[2].format == .text)
        }
    }

    @Test("phpList's subscribers as its later versions name the columns")
    func laterPHPList() throws {
        for start in ["Is this subscriber", "Is the email of this subscriber"] {
            let result = try read(
                """
                ID,Email,\(start) confirmed,Is this subscriber blacklisted,Number of bounces,Entered,Last Modified,\
                Unique ID,Send this subscriber HTML emails,Is this account disabled?,Additional data,Foreign Key
                1,ann@example.org,1,0,0,2019-03-04 05:06:07,2020-01-01 00:00:00,u1,1,0,,
                2,bob@example.org,1,1,0,2019-03-04 05:06:07,2020-01-01 00:00:00,u2,1,0,,
                3,cat@example.org,0,0,0,2019-03-04 05:06:07,2020-01-01 00:00:00,u3,0,0,,
                """)
            #expect(result.system == "phpList" && result.rejects.isEmpty)
            #expect(result.people.map(\.status) == [nil, .unsubscribed, .unconfirmed])
            #expect(result.people.map(\.format) == [nil, nil, .text])
        }
    }

    @Test("a zip archive, as Mailchimp sends it, is named as what it is")
    func archive() throws {
        var chunks = [Array("PK\u{3}\u{4}\u{14}\u{0}\u{0}".utf8)]
        let fault = #expect(throws: CSVFault.self) {
            _ = try SubscriberRows { chunks.isEmpty ? nil : chunks.removeFirst() }
        }
        #expect(
            fault?.description
                == "the file is a zip archive; unpack it, and import the files in it one by one, beginning with those who "
                + "left")
    }

    @Test("Mailman's members, an address a line, with a name or without")
    func mailman() throws {
        let result = try read(
            "ann@example.org\n\"Bob, the Builder\" <bob@example.org>\nCat Example <cat@example.org>\nrubbish\n")
        #expect(result.system == "Mailman")
        #expect(result.people.map { $0.address?.wire } == ["ann@example.org", "bob@example.org", "cat@example.org"])
        #expect(result.people.map(\.name) == [nil, "Bob, the Builder", "Cat Example"])
        #expect(result.rejects.count == 1)
    }

    @Test("a file of nobody's stays what it is")
    func others() throws {
        #expect(try read("email,name\nann@example.org,Ann").system == nil)
        #expect(try read("email\nann@example.org").system == nil)
        #expect(try read("Email Address,Name\nann@example.org,Ann").system == nil)
    }
}
