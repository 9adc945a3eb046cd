"""A subscriber's way through the pages and the mailbox, with a real browser.

Usage: browser.py JOURNEY BASE_URL MAIL_FOLDER FORTNIGHT ROLL

JOURNEY is `script` or `no-script`. Mail is read from the folder of the development inbox; FORTNIGHT is the command line,
its configuration named by the environment; ROLL is its file of subscribers. With scripts on, every page is checked with axe, in light and dark, at 320, 640
(which is 1280 at 200 %) and 1280 pixels; nothing may scroll sideways.
"""
import email
import email.policy
import glob
import os
import re
import socket
import subprocess
import sys
import tempfile
import time

import axe_playwright_python
from selenium import webdriver
from selenium.common.exceptions import StaleElementReferenceException, WebDriverException
from selenium.webdriver.chrome.options import Options
from selenium.webdriver.chrome.service import Service
from selenium.webdriver.common.by import By
from selenium.webdriver.support.ui import WebDriverWait

journey, base, mail_folder, fortnight, roll = sys.argv[1:]
with_script = journey == "script"
axe = open(os.path.join(os.path.dirname(axe_playwright_python.__file__), "axe.min.js")).read()
tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
checked = []


def start_browser():
    options = Options()
    for argument in ("--headless=new", "--no-sandbox", "--disable-gpu", "--hide-scrollbars", "--disable-dev-shm-usage"):
        options.add_argument(argument)
    if not with_script:
        options.add_experimental_option("prefs", {"profile.managed_default_content_settings.javascript": 2})
    return webdriver.Chrome(options=options, service=Service("/usr/bin/chromedriver"))


browser = start_browser()


def check(page):
    """axe finds nothing, and nothing scrolls sideways, at every width and in both colour schemes."""
    assert len(browser.page_source.encode()) < 50_000, f"{page} is larger than 50 KB"
    checked.append(page)
    if not with_script:
        return
    for width in (320, 640, 1280):
        for scheme in ("light", "dark"):
            browser.execute_cdp_cmd(
                "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]})
            browser.execute_cdp_cmd(
                "Emulation.setDeviceMetricsOverride",
                {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500})
            wide = browser.execute_script("return document.documentElement.scrollWidth")
            assert wide <= width, f"{page} is {wide} pixels wide in a window of {width}"
            browser.execute_script(axe)
            result = browser.execute_async_script(
                "const done = arguments[arguments.length - 1];"
                "axe.run(document, {runOnly: arguments[0], preload: false}).then(done, e => done({error: String(e)}))", tags)
            assert "error" not in result, f"{page}: {result}"
            found = [(v["id"], [n["html"] for n in v["nodes"]]) for v in result["violations"]]
            assert not found, f"{page}, {scheme}, {width}: {found}"


def go(path, page):
    browser.get(path if path.startswith("http") else base + path)
    check(page)


def is_gone(element):
    """Whether its page is there no more; between two pages the driver has words of its own for that."""
    try:
        element.is_enabled()
        return False
    except StaleElementReferenceException:
        return True
    except WebDriverException as fault:
        if "does not belong to the document" in str(fault):
            return True
        raise


def follow(element):
    """Clicks, and waits for the page that it leads to: on a busy machine the old one is there for a while."""
    old = browser.find_element(By.TAG_NAME, "html")
    element.click()
    WebDriverWait(browser, 60).until(lambda _: is_gone(old))


def press(words, page):
    """Presses the button of those words, as a person who reads would."""
    buttons = [b for b in browser.find_elements(By.TAG_NAME, "button") if b.text == words]
    assert len(buttons) == 1, f"{page}: no button “{words}” in {browser.page_source}"
    follow(buttons[0])
    check(page)


def fill(label, text):
    field = [l for l in browser.find_elements(By.TAG_NAME, "label") if l.text == label]
    assert len(field) == 1, f"no field “{label}” in {browser.page_source}"
    element = browser.find_element(By.ID, field[0].get_attribute("for"))
    element.clear()
    element.send_keys(text)


def sees(words):
    text = browser.find_element(By.TAG_NAME, "body").text
    assert words in text, f"“{words}” is not in: {text}"


def asks(line, length, body=b"", field=b"X-Test: 1"):
    """A connection on which a program asks in words of its own."""
    host, port = base.split("//")[1].split(":")
    connection = socket.create_connection((host, int(port)), 60)
    head = b"%s\r\nHost: x\r\nConnection: close\r\n%s\r\nContent-Length: %d\r\n\r\n" % (line, field, length)
    connection.sendall(head + body)
    return connection


def refused(line, status, words, body=b"", field=b"X-Test: 1", connection=None):
    """Looks at the answer as a browser would that got it."""
    with connection or asks(line, len(body), body, field) as connection:
        answer = b"".join(iter(lambda: connection.recv(65536), b""))
    head, page = answer.split(b"\r\n\r\n", 1)
    assert head.split()[1] == b"%d" % status, head
    page = page.decode().replace("<head>", f'<head><base href="{base}/">')
    with tempfile.NamedTemporaryFile("w", suffix=".html") as file:
        file.write(page)
        file.flush()
        browser.get(f"file://{file.name}")
        check(f"refused with {status}")
        sees(words)


seen = set()


def mail(subject, to="ada@example.org"):
    """The text of the next message to that reader whose subject begins so."""
    end = time.time() + 30
    while time.time() < end:
        for file in sorted(glob.glob(f"{mail_folder}/*.eml")):
            if file in seen:
                continue
            message = email.message_from_binary_file(open(file, "rb"), policy=email.policy.SMTP)
            if message["subject"].startswith(subject) and to in message["to"]:
                seen.add(file)
                return message.get_body(("plain",)).get_content()
        time.sleep(0.1)
    raise AssertionError(f"no message “{subject}”")


def link(part, text):
    return re.search(rf"{re.escape(base)}/{part}/\S+", text).group(0)


def command(*arguments):
    subprocess.run([fortnight, *arguments], check=True, capture_output=True)


try:
    # A form that never comes to its end; what it is answered is looked at when the time is over.
    slow = asks(b"POST /subscribe HTTP/1.1", 100, b"email=ada") if with_script else None
    go("/", "the front page")
    sees("+subscribe@example.org")
    go("/subscribe", "the form")
    fill("Your email address", "nobody")
    press("Get the bulletin", "the form with an error")
    sees("That is no email address")
    fill("Your email address", "ada@example.org")
    fill("Your name, if you like", "Ada")
    press("Get the bulletin", "check your mail")
    sees("Please check your mail")

    confirm = link("confirm", mail("Please confirm"))
    go(confirm, "confirm")
    press("Yes, send me Example eBulletin", "confirmed")
    sees("You are on the list")

    command("subscribers", "add", "grace@example.org")
    command("issue", "send-now", "1")
    issue = mail("Example eBulletin 1")
    leave = link("leave", issue)
    go(leave, "leave")
    press("Send me the link to my choices", "check your mail for choices")
    choices = link("choices", mail("Your choices"))
    go(choices, "choices")
    fill("Your name, if you like", "Ada Lovelace")
    browser.find_element(By.ID, "text").click()
    press("Save", "choices saved")
    sees("Saved.")
    assert browser.find_element(By.ID, "text").is_selected()
    fill("Your new email address", "ada@example.org")
    press("Move to this address", "choices with an error")
    sees("That is the address you have.")

    go("/issues/", "the archive")
    fill("Search all issues", "LENDS tablets")
    press("Search", "a search")
    sees("Tablets to borrow")
    follow(browser.find_element(By.LINK_TEXT, "Tablets to borrow"))
    check("an issue")
    assert "#" in browser.current_url
    go("/issues/?q=nothing+of+the+kind", "a search that finds nothing")
    go("/privacy", "privacy")
    go("/nowhere", "not found")
    go(leave + "x", "a bad link")
    go("/issues/1", "an issue's own page")
    item = browser.find_element(By.CSS_SELECTOR, "article").get_attribute("id")
    go(f"/issues/1#{item}", "an item's own address")
    # What no link leads to: a form as no page of ours has it.
    refused(b"DELETE / HTTP/1.1", 405, "That does not work here")
    refused(b"POST /subscribe HTTP/1.1", 413, "That was too much", b"x" * 9000)
    refused(b"nonsense", 400, "That does not work here")
    refused(
        b"POST /subscribe HTTP/1.1", 403, "That came from a page that is not ours", b"email=ada%40example.org",
        b"Origin: https://elsewhere.example")
    if slow:
        refused(None, 408, "That took too long", connection=slow)

    go(choices, "choices again")
    press("Leave Example eBulletin", "left")
    sees("You have left")
    go(choices, "an old link")
    go(leave, "leave once more")
    press("Leave Example eBulletin", "left once more")
    sees("You have left")

    go(link("leave", mail("Example eBulletin 1", to="grace@example.org")), "another reader's leave")
    press("Send me the link to my choices", "another reader's mail for choices")
    go(link("choices", mail("Your choices", to="grace@example.org")), "another reader's choices")
    press("Leave, and forget me", "forgotten")
    sees("forgotten")

    # What nobody can read any more.
    os.rename(roll, roll + ".aside")
    with open(roll, "w") as file:
        file.write('{"format":"fortnight-roll","version":9}\n')
    go(confirm, "confirm once more")
    press("Yes, send me Example eBulletin", "a failure")
    sees("Something went wrong")
    os.rename(roll + ".aside", roll)
    print(f"{len(checked)} pages")
finally:
    browser.quit()
