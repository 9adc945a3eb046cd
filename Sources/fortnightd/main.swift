import Foundation
import Publishing
import Web

print(TimeZone(identifier: "Europe/London") as Any, TimeZone(identifier: "Australia/Lord_Howe") as Any)
