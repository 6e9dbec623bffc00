// Macros that the headers of Windows, macOS, Qt, Arduino, old Unixes and careless projects define.
// Names in our headers must not be any of them. Included after the standard library and Boost,
// which are not ours to test, and before every header of ours.

// windows.h and its relatives
#define min(a, b) hostile macro
#define max(a, b) hostile macro
#define ERROR hostile macro
#define NO_ERROR hostile macro
#define IN hostile macro
#define OUT hostile macro
#define OPTIONAL hostile macro
#define near hostile macro
#define far hostile macro
#define small hostile macro
#define hyper hostile macro
#define interface hostile macro
#define pascal hostile macro
#define GetObject hostile macro
#define GetMessage hostile macro
#define GetJob hostile macro
#define DeleteFile hostile macro
#define CreateFile hostile macro
#define CreateEvent hostile macro
#define SendMessage hostile macro
#define Yield hostile macro
#define DELETE hostile macro
#define STRICT hostile macro
#define TRUE hostile macro
#define FALSE hostile macro
#define VOID hostile macro
#define CONST hostile macro

// macOS AssertMacros.h, Qt, Xlib, test frameworks
#define check(condition) hostile macro
#define verify(condition) hostile macro
#define require(condition, label) hostile macro
#define slots hostile macro
#define signals hostile macro
#define foreach hostile macro
#define forever hostile macro
#define Status hostile macro
#define Bool hostile macro
#define None hostile macro
#define Success hostile macro
#define CHECK(x) hostile macro
#define REQUIRE(x) hostile macro
#define TEST(a, b) hostile macro
#define FAIL hostile macro
#define INFO(x) hostile macro

// old Unixes (sys/sysmacros.h, sys/param.h) and everyday C
#define major(device) hostile macro
#define minor(device) hostile macro
#define BYTE hostile macro
#define DEBUG hostile macro
#define VERSION hostile macro
#define PACKAGE hostile macro
#define OK hostile macro
#define LOG hostile macro
#define F(text) hostile macro
#define B0 hostile macro
#define countof(array) hostile macro
