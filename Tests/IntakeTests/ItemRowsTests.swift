import Basics
import Bulletin
import Foundation
import Testing

@testable import Intake

@Suite("Reading items from CSV") struct ItemRowsTests {
    private func read(_ text: String) throws -> ImportedFile {
        try ItemRows.read(
            Array(text.utf8), now: CalendarReaderTests.now, until: nil,
            bulletin: TimeZone(identifier: "Europe/London") ?? .gmt)
    }

    private func complaints(_ text: String) -> [String] {
        do {
            _ = try read(text)
            return []
        } catch let problems as Problems {
            return problems.all.map(\.description)
        } catch {
            return ["unexpected: \(error)"]
        }
    }

    @Test("takes the fields by their names, in any order, and knows a row by its uid, else by its time and title")
    func rows() throws {
        let file = try read(
            "Title;starts;topics;uid;takingPart.phone;kind\r\nLunch club;2027-03-04 13:30;food, company;;0161 496 0456;\r\n"
                + "\"Tablets\nto borrow\";;;t-1;0161 496 0777;notice\r\n")
        #expect(file.items.map(\.key) == ["2027-03-04T13:30 lunch club", "t-1"])
        #expect(file.items.map(\.kind) == [nil, .notice])
        #expect(file.items[0].fields["topics"] == ["food", "company"])
        #expect(file.items[0].fields["starts"] == ["2027-03-04T13:30"])
        #expect(file.items[0].fields["takingPart.phone"] == ["0161 496 0456"])
        #expect(file.items[0].fields["summary"] == nil, "a file does not speak of a field without a column")
    }

    @Test("takes an end as people write it: a time of the same day, or how long it lasts")
    func ends() throws {
        let file = try read(
            "title,starts,ends\nA,4 March 2027 2pm,4pm\nB,2027-03-04 14:00,2 hours\nC,2027-03-04 14:00,\n")
        #expect(file.items.map { $0.fields["ends"] } == [["2027-03-04T16:00"], ["2027-03-04T16:00"], []])
    }

    @Test("passes over what has begun")
    func begun() throws {
        let file = try read("title,starts\nOld,2020-01-01 10:00\nNew,2027-01-01 10:00\n")
        #expect(file.items.map(\.title) == ["New"] && file.passedOver == [.begun: 1])
    }

    @Test("says once that there are too many")
    func many() {
        let rows = (0..<1100).map { "Event \($0),2027-03-01 10:00\n" }.joined()
        #expect(complaints("title,starts\n" + rows).count == 1)
    }

    @Test("names an unknown column and the nearest, every value that cannot be read, and takes nothing then")
    func faults() {
        #expect(
            complaints("titel,starts\nx,\n") == ["line 1: titel: is not a field of an item; did you mean title?"])
        #expect(
            complaints("title,begins,phone\nx,,\n") == [
                "line 1: begins: is not a field of an item; did you mean starts?",
                "line 1: phone: is not a field of an item; did you mean takingPart.phone?",
            ])
        #expect(
            complaints("starts\n2027-01-01 10:00\n") == ["line 1: title: there is no such column; every item needs one"]
        )
        #expect(
            complaints("title,starts,priority\nx,soonish,high\nx,2027-01-01 10:00,1\nx,2027-01-01 10:00,2\n").map {
                $0.prefix(20)
            } == ["line 2: starts: soon", "line 2: priority: hi", "line 4: is the same "])
        #expect(complaints("title\na,b\n").first?.hasPrefix("line 2: has 2 values, and the header names 1") == true)
        #expect(
            complaints("%PDF-1.7,x\n") == [
                "line 1: the file is neither iCalendar nor CSV whose first row names the columns; name them after an item's "
                    + "fields, such as title,starts,takingPart.phone"
            ])
        #expect(complaints("") == ["the file is empty"])
    }
}
