import Bulletin
import Foundation
import Journal
import Testing

@testable import Records

@Suite("A line of the subscriber list")
struct SubscriberLineTests {
    private func line(_ subscriber: Subscriber) -> String {
        var line = JSONLine()
        SubscriberLine.write(subscriber, to: &line)
        return String(decoding: line.bytes, as: UTF8.self)
    }

    private func beginning(_ text: String) -> SubscriberLineHead? {
        Array(text.utf8).withUnsafeBytes { SubscriberLineHead($0) }
    }

    @Test("brings every field back")
    func everyField() {
        let text = line(RollPeople.full)
        #expect(SubscriberLine.read(Array(text.utf8.dropLast())) == RollPeople.full)
        #expect(text.hasPrefix(#"{"id":"\#(RollPeople.full.id)","status":"paused","statusSince":""#))
    }

    @Test("has only id, status and date of a forgotten person")
    func tombstone() {
        var person = RollPeople.full
        person.become(.forgotten, at: RollPeople.start, reason: "wish")
        #expect(
            line(person)
                == #"{"id":"\#(person.id)","status":"forgotten","statusSince":"2026-11-18T11:06:40.000Z"}"# + "\n")
    }

    @Test("has the same beginning by the quick reading and by the full one", arguments: SubscriberStatus.allCases)
    func heads(status: SubscriberStatus) throws {
        for medium in Subscriber.Medium.allCases {
            for since in [nil, RollPeople.start - 7] {
                var person = Subscriber(id: RollPeople.id(9), status: status, since: RollPeople.start, medium: medium)
                person.activeSince = status == .forgotten ? nil : since
                let head = try #require(beginning(String(line(person).dropLast())))
                #expect(head.id == person.id)
                #expect(head.status == status)
                #expect(head.isEmail == (status == .forgotten || medium == .email))
                #expect(head.statusSince == Stamp(RollPeople.start))
                #expect(head.activeSince == person.activeSince.map { Stamp($0) })
            }
        }
    }

    @Test("is read in any order, spacing and form of its values")
    func foreignLines() throws {
        let id = RollPeople.id(4)
        let texts = [
            #"{ "statusSince": "2026-11-18T12:06:40+01:00", "status": "paused", "medium":"post","id":"\#(id)","activeSince":"2026-11-18T11:00:00Z"}"#,
            #"{"id":"\#(id)","status":"paused","statusSince":"2026-11-18T11:06:40.000Z","name":"A","medium":"post","activeSince":"2026-11-18T11:00:00.000Z","later":{"x":[1]}}"#,
            #"{"id":"\#(id)","status":"paused","statusSince":"2026-11-18T11:06:40.000Z","medium":"post","activeSince":"2026-11-18T11:00:00.000Z"}"#,
            #"{"id":"\#(id.description.uppercased())","status":"p\u0061used","statusSince":"2026-11-18T11:06:40.000Z","activeSince":"2026-11-18T11:00:00.000Z","medium":"post","phone":null}"#,
        ]
        for text in texts {
            let head = try #require(beginning(text), "\(text)")
            #expect(head.id == id)
            #expect(head.status == .paused)
            #expect(!head.isEmail)
            #expect(head.statusSince == Stamp(RollPeople.start))
            #expect(head.activeSince == Stamp(RollPeople.start - 400))
            let person = try #require(SubscriberLine.read(Array(text.utf8)))
            #expect(person.activeSince == RollPeople.start - 400)
        }
    }

    @Test("has its id read alike by the quick reading and by the full one, whatever byte stands in it")
    func ids() {
        let right = Array("ty3xtol7jj6blqvsvy6spvhl5e".utf8)
        for place in right.indices {
            for byte in UInt8.min...UInt8.max {
                var text = right
                text[place] = byte
                let isUpper = (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
                let quick = text.withUnsafeBytes { SubscriberLineHead.id($0) }
                #expect(quick == (isUpper ? nil : SubscriberID(ascii: text)))
            }
        }
        for number in 0..<1000 {
            let id = RollPeople.id(number)
            #expect(Array(id.description.utf8).withUnsafeBytes { SubscriberLineHead.id($0) } == id)
        }
    }

    @Test(
        "counts as damage if it is not a record",
        arguments: [
            #"{}"#, #"{"id":"short","status":"active","statusSince":"2026-11-18T11:06:40.000Z"}"#,
            #"{"id":"ty3xtol7jj6blqvsvy6spvhlj4","status":"lost","statusSince":"2026-11-18T11:06:40.000Z"}"#,
            #"{"id":"ty3xtol7jj6blqvsvy6spvhlj4","status":"active","statusSince":"yesterday"}"#,
            #"{"id":"ty3xtol7jj6blqvsvy6spvhlj4","status":"active"}"#,
            #"{"id":"ty3xtol7jj6blqvsvy6spvhlj4","status":"active","statusSince":"2026-11-18T11:06:40.000Z","address":"x"}"#,
        ])
    func damaged(text: String) {
        #expect(beginning(text) == nil)
        #expect(SubscriberLine.read(Array(text.utf8)) == nil)
    }
}
